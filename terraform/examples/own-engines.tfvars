# With engines of your own: any speech and chat server that speaks OpenAI's API. Give their keys, if they take any, as
# TF_VAR_speech_api_key and TF_VAR_language_api_key.
project         = "my-project"
speech_engine   = "openai"
language_engine = "openai"
engine_settings = {
  SPEECH_BASE_URL   = "https://speech.example.com/v1"
  SPEECH_MODEL      = "kokoro"
  LANGUAGE_BASE_URL = "https://llm.example.com/v1"
  LANGUAGE_MODEL    = "qwen3"
}
engine_keys = ["speech", "language"]
concurrency = { forge = 4, weave = 4 } # what one GPU voices side by side

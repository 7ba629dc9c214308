"""Makes the calls of the guide "From the Python SDK to Swift" with the package `openai`.

    openai_requests.py URL

Each call goes to a base URL of its own, URL/NAME/v1, so that a server can tell them apart.
"""

import base64
import sys

from openai import OpenAI

URL = sys.argv[1]
CLIENT = OpenAI(api_key="sk-test", base_url=URL, max_retries=0)
HELLO = [{"role": "user", "content": "Hello"}]
WEATHER = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "Get current weather for a location",
        "parameters": {
            "type": "object",
            "properties": {
                "location": {"type": "string", "description": "City name"},
                "unit": {"type": "string", "enum": ["celsius", "fahrenheit"]},
            },
            "required": ["location"],
        },
    },
}


def create(name, messages=HELLO, model="llama-3.2-1b", **parameters):
    client = CLIENT.with_options(base_url=f"{URL}/{name}/v1")
    answer = client.chat.completions.create(model=model, messages=messages, **parameters)
    if parameters.get("stream"):
        for _ in answer:
            pass
        return None
    return answer.choices[0].message


create(
    "request",
    [
        {"role": "system", "content": "You are a helpful assistant."},
        {"role": "user", "content": "What is machine learning?"},
    ],
)
create(
    "parameters",
    [{"role": "user", "content": "Write a haiku about AI"}],
    model="llama-3.2-3b",
    temperature=0.7,
    max_tokens=100,
    top_p=0.9,
    frequency_penalty=0.5,
    presence_penalty=0.3,
)
create("stream", [{"role": "user", "content": "Explain quantum physics"}], stream=True)
create("stream-usage", stream=True, stream_options={"include_usage": True})
create("tools", [{"role": "user", "content": "What's the weather in San Francisco?"}], tools=[WEATHER])
create("tool-strict", tools=[{"type": "function", "function": {**WEATHER["function"], "strict": True}}])
for choice in ["auto", "none", "required"]:
    create(f"tool-choice-{choice}", tools=[WEATHER], tool_choice=choice)
create(
    "tool-choice-named",
    tools=[WEATHER],
    tool_choice={"type": "function", "function": {"name": "get_weather"}},
    parallel_tool_calls=False,
)
create(
    "tool-results",
    [
        {"role": "user", "content": "What's the weather in San Francisco?"},
        {
            "role": "assistant",
            "content": None,
            "tool_calls": [
                {
                    "id": "call_1",
                    "type": "function",
                    "function": {"name": "get_weather", "arguments": '{"location": "San Francisco"}'},
                }
            ],
        },
        {"role": "tool", "tool_call_id": "call_1", "content": "18 °C"},
    ],
    tools=[WEATHER],
)

messages = [{"role": "system", "content": "You are a helpful coding assistant."}]
messages.append({"role": "user", "content": "Write a Python function to reverse a string"})
message = create("turn-1", messages)
messages.append({"role": "assistant", "content": message.content})
messages.append({"role": "user", "content": "Now add type hints"})
create("turn-2", messages)

create("cold", temperature=0.1)
create("hot", temperature=1.2)
create("top-p", top_p=0.9, temperature=0.8)
create("penalties", presence_penalty=0.6, frequency_penalty=0.8)

image = base64.b64encode(b"\x89PNG\r\n\x1a\n\0\1\2").decode()
QUESTION = {"type": "text", "text": "What's in this image?"}


def showing(part):
    return [{"role": "user", "content": [QUESTION, part]}]


create(
    "image-url",
    showing({"type": "image_url", "image_url": {"url": "https://example.com/image.jpg"}}),
    model="llava-1.6",
)
create(
    "image-data",
    showing({"type": "image_url", "image_url": {"url": f"data:image/png;base64,{image}", "detail": "low"}}),
)
create("audio", showing({"type": "input_audio", "input_audio": {"data": "AQID", "format": "mp3"}}))
create(
    "file",
    showing({"type": "file", "file": {"filename": "a.pdf", "file_data": "data:application/pdf;base64,AQID"}}),
)

for index, prompt in enumerate(["What is AI?", "What is ML?", "What is deep learning?"]):
    create(f"batch-{index}", [{"role": "user", "content": prompt}])

create("stop", [{"role": "user", "content": "Count to 10"}], stop=["5", "\n\n"])
create("stop-single", stop="5")
create("logit-bias", logit_bias={"2435": -10, "1234": 5})
create("choices", n=2, seed=7, user="user-1")
create("logprobs", logprobs=True, top_logprobs=3)
create("json-object", response_format={"type": "json_object"})
create(
    "json-schema",
    response_format={
        "type": "json_schema",
        "json_schema": {"name": "answer", "schema": {"type": "object"}, "strict": True},
    },
)
create("reasoning", model="o-model", max_completion_tokens=500, reasoning_effort="low")
create("developer", [{"role": "developer", "content": "Be brief."}, *HELLO])
create("extra-body", extra_body={"top_k": 40, "service_tier": "auto"})
CLIENT.with_options(base_url=f"{URL}/models/v1").models.list()

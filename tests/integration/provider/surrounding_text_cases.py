"""Answers with text, fences or marks around the JSON."""

import json

from tests.integration.provider.case import Case, says
from tests.integration.provider.question import Question
from tests.integration.provider.reply import Reply, answer, completion

_BOM = "\ufeff"


def _with_schema_before(question: Question) -> Reply:
    text = f"The schema is {json.dumps(question.schema)}. So:\n{json.dumps(question.value)}"
    return answer(completion(question, text), question.value)


def _with_data_before(question: Question) -> Reply:
    data = question.prompt.partition("<data>")[2].partition("</data>")[0]
    return answer(completion(question, f"Given {data}, I write:\n{json.dumps(question.value)}"), question.value)


SURROUNDED = [
    Case(name="prose-before", behave=says(lambda j: f"Sure! {j}"), extra=0),
    Case(name="prose-after", behave=says(lambda j: f"{j}  I hope this helps."), extra=0),
    Case(
        name="prose-and-fence",
        behave=says(lambda j: f"Here is your relic:\n\n```json\n{j}\n```\n\nShall I write another one?"),
        extra=0,
    ),
    Case(name="fence-on-one-line", behave=says(lambda j: f"```json {j} ```"), extra=0),
    Case(name="fence-in-capitals", behave=says(lambda j: f"```JSON\n{j}\n```"), extra=0),
    Case(name="fence-closed-on-the-last-line", behave=says(lambda j: f"```json\n{j}```"), extra=0),
    Case(name="byte-order-mark", behave=says(lambda j: _BOM + j), extra=0),
    Case(name="whole-but-length", behave=says(lambda j: j + "\n" * 4000, finish_reason="length"), extra=0),
    Case(name="special-token-at-the-end", behave=says(lambda j: f"{j}<|im_end|>")),
    Case(name="end-of-sequence-at-the-end", behave=says(lambda j: f"{j}</s>")),
    Case(name="role-before", behave=says(lambda j: f"assistant\n\n{j}")),
    Case(name="brace-too-many", behave=says(lambda j: j + "}")),
    Case(name="brackets-too-many", behave=says(lambda j: j + "\n]}")),
    Case(name="said-twice", behave=says(lambda j: f"{j}\n{j}")),
    Case(name="json-in-a-tag", behave=says(lambda j: f"<answer>\n{j}\n</answer>")),
    Case(name="fence-of-tildes", behave=says(lambda j: f"~~~json\n{j}\n~~~")),
    Case(name="fence-never-closed", behave=says(lambda j: f"```json\n{j}")),
    Case(name="fence-without-language", behave=says(lambda j: f"Of course:\n```\n{j}\n```")),
    Case(name="schema-then-answer", behave=_with_schema_before),
    Case(name="data-then-answer", behave=_with_data_before),
    Case(name="braces-in-prose", behave=says(lambda j: f"Here is the JSON (keys in {{braces}}): {j} Enjoy [it]!")),
    Case(name="heading-before", behave=says(lambda j: f"### Answer\n\n**JSON:**\n\n{j}")),
    Case(name="fence-of-four", behave=says(lambda j: f"````json\n{j}\n````")),
    Case(name="fence-of-json5", behave=says(lambda j: f"```json5\n{j}\n```")),
    Case(name="fence-indented", behave=says(lambda j: f"1. The relic:\n   ```json\n   {j}\n   ```")),
    Case(name="inline-code", behave=says(lambda j: f"`{j}`")),
    Case(name="two-equal-fences", behave=says(lambda j: f"```json\n{j}\n```\nAgain:\n```json\n{j}\n```")),
    Case(name="end-of-text-at-the-end", behave=says(lambda j: f"{j}<|endoftext|>")),
    Case(name="end-of-sentence-at-the-end", behave=says(lambda j: f"{j}<\uff5cend\u2581of\u2581sentence\uff5c>")),
    Case(name="turn-marks-around", behave=says(lambda j: f"<start_of_turn>model\n{j}<end_of_turn>")),
    Case(name="semicolon-at-the-end", behave=says(lambda j: f"{j};")),
    Case(name="assigned", behave=says(lambda j: f"const relic = {j};")),
    Case(name="word-json-before", behave=says(lambda j: f"json\n{j}")),
    Case(name="zero-width-space-before", behave=says(lambda j: f"\u200b\u2060{j}\u200b")),
    Case(name="json-in-json-in-a-fence", behave=says(lambda j: f"```json\n{json.dumps(j)}\n```")),
]

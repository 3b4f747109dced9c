"""Answers with the model's thoughts before, after or beside the JSON."""

import json
import re

from tests.integration.provider.case import Case, says, shows
from tests.integration.provider.question import Question
from tests.integration.provider.reply import Reply, answer, events


def _with_draft(text: str) -> str:
    draft = re.sub(r'": "[^"]*"', '": "a first draft"', text)
    return f"<think>Perhaps {draft}? Too short. I can do better.</think>\n{text}"


def _reasoned_events(question: Question) -> Reply:
    deltas = [{"reasoning_content": "They want {a relic}."}, {"content": json.dumps(question.value)}]
    return answer(events(question, deltas), question.value, content_type="text/event-stream")


THINKING = [
    Case(name="thinking", behave=says(lambda j: f"<think>They want {{a relic}}.</think>{j}"), extra=0),
    Case(name="thinking-closed-only", behave=says(lambda j: f"They want {{a relic}}.\n</think>\n\n{j}"), extra=0),
    Case(name="answer-in-reasoning-content", behave=shows(lambda j: {"content": None, "reasoning_content": j})),
    Case(
        name="harmony-channels",
        behave=says(
            lambda j: (
                "<|channel|>analysis<|message|>They want {a relic}.<|end|>"
                f"<|start|>assistant<|channel|>final<|constrain|>json<|message|>{j}<|return|>"
            )
        ),
    ),
    Case(name="thinking-in-square-brackets", behave=says(lambda j: f"[THINK]They want {{a relic}}.[/THINK]{j}")),
    Case(name="thinking-under-another-name", behave=says(lambda j: f"<thinking>A {{relic}}?</thinking>\n{j}")),
    Case(name="thinking-with-a-draft", behave=says(_with_draft)),
    Case(name="empty-thinking", behave=says(lambda j: f"<think>\n\n</think>\n\n{j}")),
    Case(
        name="thinking-parts",
        behave=shows(
            lambda j: {
                "content": [
                    {"type": "thinking", "thinking": [{"type": "text", "text": 'They want {"a": "relic"}.'}]},
                    {"type": "text", "text": j},
                ]
            }
        ),
    ),
    Case(
        name="reasoning-beside-content",
        behave=shows(lambda j: {"content": j, "reasoning": 'Maybe {"a": "draft"}?'}),
        extra=0,
    ),
    Case(name="answer-in-reasoning", behave=shows(lambda j: {"content": "", "reasoning": j})),
    Case(name="reasoning-beside-blank", behave=shows(lambda j: {"content": " ", "reasoning_content": f"So: {j}"})),
    Case(name="think-in-diamonds", behave=says(lambda j: f"◁think▷A {{relic}}?◁/think▷{j}")),
    Case(name="think-of-a-seed", behave=says(lambda j: f"<seed:think>A {{relic}}?</seed:think>{j}")),
    Case(name="thought-tag", behave=says(lambda j: f"<thought>\nA relic?\n</thought>\n\n{j}")),
    Case(name="reasoning-tag", behave=says(lambda j: f"<reasoning>{{maybe}} a bell</reasoning><output>{j}</output>")),
    Case(name="channels-without-marks", behave=says(lambda j: f"analysisThey want a relic. Fine.assistantfinal{j}")),
    Case(
        name="channel-of-comments",
        behave=says(lambda j: f"<|channel|>commentary <|constrain|>json<|message|>{j}<|call|>"),
    ),
    Case(name="thinking-after", behave=says(lambda j: f"{j}\n<think>That should do.</think>")),
    Case(name="thinking-in-capitals", behave=says(lambda j: f"<THINK>Hm, {{so}}.</THINK>{j}")),
    Case(name="event-stream-with-reasoning", behave=_reasoned_events),
]

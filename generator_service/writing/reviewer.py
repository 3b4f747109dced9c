"""Judges what is written for a job, and says what its caller should know about it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import cast

from pydantic import BaseModel

from foundation.json_value import Json
from generator_service.judging.judge import judge
from generator_service.judging.leaf import all_texts
from generator_service.judging.surroundings import Surroundings
from generator_service.judging.weakness import Rule, Weakness
from generator_service.kind import Named, Output, Stage
from generator_service.language.identification import can_identify, identify
from generator_service.llm.ask import Answer, Review, ReviewText
from generator_service.writing.draft import Draft, Drafts
from generator_service.writing.event import ADJUSTED, BELOW_STANDARD, Remark
from generator_service.writing.job import Job

#: After this many questions that were answered twice in the wrong language, the model is assumed not to write the job's
#: language. Its texts in the wrong language are then taken as they are.
MAX_WRONG_LANGUAGE = 2


class Reviewer:
    """Judges texts against the standards of their stages and against what the job has written so far."""

    def __init__(self, job: Job, drafts: Drafts) -> None:
        self._job = job
        self._drafts = drafts
        self._caller = Surroundings(
            context={role: piece.name for role, piece in job.params.context.items() if not piece.background},
            given=list(all_texts(job.params.model_dump(mode="json"))),
            language=job.language,
            identify=identify if can_identify(job.language) else None,
        )
        #: The last judgement of each stage of each piece, with the output and the surroundings that were judged.
        self._judgements: dict[tuple[int, str], tuple[BaseModel, Surroundings, Sequence[Weakness]]] = {}
        self._wrong_language = 0
        #: Indexes of the pieces with a remark on their language.
        self._remarked: set[int] = set()

    def review_of(self, draft: Draft, stage: Stage) -> ReviewText:
        """Judges versions of a stage of this piece."""

        def review(output: BaseModel, others: Mapping[str, BaseModel]) -> Review:
            return self._sorted(self._judged(draft, stage, output, others))

        return review

    def judge_again(self, draft: Draft, stage: Stage, answer: Answer) -> Answer:
        """The answer with what is wrong with it now: other texts may have come since it was judged."""
        return replace(answer, weaknesses=self._judged(draft, stage, answer.output, {}))

    def _judged(
        self, draft: Draft, stage: Stage, output: BaseModel, others: Mapping[str, BaseModel]
    ) -> Sequence[Weakness]:
        """What is wrong with a stage of this piece. `others` are outputs that are not in the draft yet."""
        around = self._around(draft.fields(cast(Mapping[str, Output], others)), draft)
        last = self._judgements.get((draft.index, stage.key))
        if last and last[0] is output and last[1] == around:
            return last[2]
        found = self._found(stage, stage.override(cast(Output, output), self._job.params), around)
        self._judgements[draft.index, stage.key] = output, around, found
        return found

    def judge_name(
        self, stage: Stage, proposal: Named, taken: Sequence[str], others: Sequence[Named]
    ) -> Sequence[Weakness]:
        """See `naming.Judge`."""
        # One that is renamed is compared with the rest of its piece, new ones with one another.
        renamed = next(iter(self._drafts)) if self._job.rewriting else None
        around = self._around(renamed.fields() if renamed else {}, renamed)
        fields = [*around.others, *(other.fields() for other in others)]
        return self._found(stage, proposal, replace(around, taken=taken, others=fields))

    def _found(self, stage: Stage, output: Output, around: Surroundings) -> Sequence[Weakness]:
        fields = dict(self._job.kept(stage, output.fields()))
        return [*judge(fields, self._job.standard(stage), around), *self._job.judge_change(stage, output)]

    def note(self, answers: Sequence[Answer]) -> None:
        """Note the answers to one question that are taken, weak or not."""
        self._wrong_language += any(_is_in_wrong_language(answer) for answer in answers)

    def remarks(self, draft: Draft, answer: Answer) -> Iterator[Remark]:
        """What the caller should know about an answer. Each piece has at most one remark on its language."""
        yield from (Remark(ADJUSTED, sentence) for sentence in answer.adjusted)
        for weakness in answer.weaknesses:
            if weakness.rule is not Rule.WRONG_LANGUAGE or draft.index not in self._remarked:
                yield Remark(BELOW_STANDARD, weakness.for_user)
        if _is_in_wrong_language(answer):
            self._remarked.add(draft.index)

    def _sorted(self, found: Sequence[Weakness]) -> Review:
        if self._wrong_language < MAX_WRONG_LANGUAGE:
            return Review(found)
        to_accept = [weakness for weakness in found if weakness.rule is Rule.WRONG_LANGUAGE]
        return Review([weakness for weakness in found if weakness not in to_accept], to_accept)

    def _around(self, piece: Mapping[str, Json], judged: Draft | None) -> Surroundings:
        """What a text is judged against. Names that are in use may be used, even if they are forbidden."""
        kind = self._job.kind
        others = [draft.fields() for draft in self._drafts if draft is not judged]
        names = [str(fields[kind.title]) for fields in (piece, *others) if kind.title in fields]
        return replace(self._caller, piece=piece, others=others, given=[*self._caller.given, *names])


def _is_in_wrong_language(answer: Answer) -> bool:
    return any(weakness.rule is Rule.WRONG_LANGUAGE for weakness in answer.weaknesses)

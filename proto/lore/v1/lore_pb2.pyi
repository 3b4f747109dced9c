from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class GenerateRequest(_message.Message):
    __slots__ = ("job_id", "kind", "params_json", "checkpoints", "unusable_answers", "token_budget")
    JOB_ID_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    PARAMS_JSON_FIELD_NUMBER: _ClassVar[int]
    CHECKPOINTS_FIELD_NUMBER: _ClassVar[int]
    UNUSABLE_ANSWERS_FIELD_NUMBER: _ClassVar[int]
    TOKEN_BUDGET_FIELD_NUMBER: _ClassVar[int]
    job_id: str
    kind: str
    params_json: str
    checkpoints: _containers.RepeatedCompositeFieldContainer[Checkpoint]
    unusable_answers: int
    token_budget: int
    def __init__(self, job_id: _Optional[str] = ..., kind: _Optional[str] = ..., params_json: _Optional[str] = ..., checkpoints: _Optional[_Iterable[_Union[Checkpoint, _Mapping]]] = ..., unusable_answers: _Optional[int] = ..., token_budget: _Optional[int] = ...) -> None: ...

class Checkpoint(_message.Message):
    __slots__ = ("piece_index", "stage", "output_json")
    PIECE_INDEX_FIELD_NUMBER: _ClassVar[int]
    STAGE_FIELD_NUMBER: _ClassVar[int]
    OUTPUT_JSON_FIELD_NUMBER: _ClassVar[int]
    piece_index: int
    stage: str
    output_json: str
    def __init__(self, piece_index: _Optional[int] = ..., stage: _Optional[str] = ..., output_json: _Optional[str] = ...) -> None: ...

class GenerateEvents(_message.Message):
    __slots__ = ("events",)
    EVENTS_FIELD_NUMBER: _ClassVar[int]
    events: _containers.RepeatedCompositeFieldContainer[GenerateEvent]
    def __init__(self, events: _Optional[_Iterable[_Union[GenerateEvent, _Mapping]]] = ...) -> None: ...

class GenerateEvent(_message.Message):
    __slots__ = ("progressed", "generated", "stage_finished", "spent")
    PROGRESSED_FIELD_NUMBER: _ClassVar[int]
    GENERATED_FIELD_NUMBER: _ClassVar[int]
    STAGE_FINISHED_FIELD_NUMBER: _ClassVar[int]
    SPENT_FIELD_NUMBER: _ClassVar[int]
    progressed: Progressed
    generated: Generated
    stage_finished: StageFinished
    spent: Usage
    def __init__(self, progressed: _Optional[_Union[Progressed, _Mapping]] = ..., generated: _Optional[_Union[Generated, _Mapping]] = ..., stage_finished: _Optional[_Union[StageFinished, _Mapping]] = ..., spent: _Optional[_Union[Usage, _Mapping]] = ...) -> None: ...

class Progressed(_message.Message):
    __slots__ = ("progress", "message")
    PROGRESS_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    progress: int
    message: str
    def __init__(self, progress: _Optional[int] = ..., message: _Optional[str] = ...) -> None: ...

class StageFinished(_message.Message):
    __slots__ = ("piece_index", "stage", "output_json", "piece_json", "progress", "message", "usage", "duration_ms", "remarks", "model", "prompt_version")
    PIECE_INDEX_FIELD_NUMBER: _ClassVar[int]
    STAGE_FIELD_NUMBER: _ClassVar[int]
    OUTPUT_JSON_FIELD_NUMBER: _ClassVar[int]
    PIECE_JSON_FIELD_NUMBER: _ClassVar[int]
    PROGRESS_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    USAGE_FIELD_NUMBER: _ClassVar[int]
    DURATION_MS_FIELD_NUMBER: _ClassVar[int]
    REMARKS_FIELD_NUMBER: _ClassVar[int]
    MODEL_FIELD_NUMBER: _ClassVar[int]
    PROMPT_VERSION_FIELD_NUMBER: _ClassVar[int]
    piece_index: int
    stage: str
    output_json: str
    piece_json: str
    progress: int
    message: str
    usage: Usage
    duration_ms: int
    remarks: _containers.RepeatedCompositeFieldContainer[Remark]
    model: str
    prompt_version: int
    def __init__(self, piece_index: _Optional[int] = ..., stage: _Optional[str] = ..., output_json: _Optional[str] = ..., piece_json: _Optional[str] = ..., progress: _Optional[int] = ..., message: _Optional[str] = ..., usage: _Optional[_Union[Usage, _Mapping]] = ..., duration_ms: _Optional[int] = ..., remarks: _Optional[_Iterable[_Union[Remark, _Mapping]]] = ..., model: _Optional[str] = ..., prompt_version: _Optional[int] = ...) -> None: ...

class Remark(_message.Message):
    __slots__ = ("code", "message")
    CODE_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    code: str
    message: str
    def __init__(self, code: _Optional[str] = ..., message: _Optional[str] = ...) -> None: ...

class Usage(_message.Message):
    __slots__ = ("llm_calls", "prompt_tokens", "completion_tokens", "unusable_answers")
    LLM_CALLS_FIELD_NUMBER: _ClassVar[int]
    PROMPT_TOKENS_FIELD_NUMBER: _ClassVar[int]
    COMPLETION_TOKENS_FIELD_NUMBER: _ClassVar[int]
    UNUSABLE_ANSWERS_FIELD_NUMBER: _ClassVar[int]
    llm_calls: int
    prompt_tokens: int
    completion_tokens: int
    unusable_answers: int
    def __init__(self, llm_calls: _Optional[int] = ..., prompt_tokens: _Optional[int] = ..., completion_tokens: _Optional[int] = ..., unusable_answers: _Optional[int] = ...) -> None: ...

class Generated(_message.Message):
    __slots__ = ("result_json", "failures")
    RESULT_JSON_FIELD_NUMBER: _ClassVar[int]
    FAILURES_FIELD_NUMBER: _ClassVar[int]
    result_json: str
    failures: _containers.RepeatedCompositeFieldContainer[PieceFailure]
    def __init__(self, result_json: _Optional[str] = ..., failures: _Optional[_Iterable[_Union[PieceFailure, _Mapping]]] = ...) -> None: ...

class PieceFailure(_message.Message):
    __slots__ = ("piece_index", "stage", "code", "message", "retryable")
    PIECE_INDEX_FIELD_NUMBER: _ClassVar[int]
    STAGE_FIELD_NUMBER: _ClassVar[int]
    CODE_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    RETRYABLE_FIELD_NUMBER: _ClassVar[int]
    piece_index: int
    stage: str
    code: str
    message: str
    retryable: bool
    def __init__(self, piece_index: _Optional[int] = ..., stage: _Optional[str] = ..., code: _Optional[str] = ..., message: _Optional[str] = ..., retryable: _Optional[bool] = ...) -> None: ...

from google.protobuf.internal import containers as _containers
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class GenerateRequest(_message.Message):
    __slots__ = ("job_id", "kind", "params_json", "finished", "unusable_answers")
    JOB_ID_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    PARAMS_JSON_FIELD_NUMBER: _ClassVar[int]
    FINISHED_FIELD_NUMBER: _ClassVar[int]
    UNUSABLE_ANSWERS_FIELD_NUMBER: _ClassVar[int]
    job_id: str
    kind: str
    params_json: str
    finished: _containers.RepeatedCompositeFieldContainer[FinishedStage]
    unusable_answers: int
    def __init__(self, job_id: _Optional[str] = ..., kind: _Optional[str] = ..., params_json: _Optional[str] = ..., finished: _Optional[_Iterable[_Union[FinishedStage, _Mapping]]] = ..., unusable_answers: _Optional[int] = ...) -> None: ...

class FinishedStage(_message.Message):
    __slots__ = ("item", "stage", "output_json")
    ITEM_FIELD_NUMBER: _ClassVar[int]
    STAGE_FIELD_NUMBER: _ClassVar[int]
    OUTPUT_JSON_FIELD_NUMBER: _ClassVar[int]
    item: int
    stage: str
    output_json: str
    def __init__(self, item: _Optional[int] = ..., stage: _Optional[str] = ..., output_json: _Optional[str] = ...) -> None: ...

class GenerateEvent(_message.Message):
    __slots__ = ("progress", "final", "stage", "spent")
    PROGRESS_FIELD_NUMBER: _ClassVar[int]
    FINAL_FIELD_NUMBER: _ClassVar[int]
    STAGE_FIELD_NUMBER: _ClassVar[int]
    SPENT_FIELD_NUMBER: _ClassVar[int]
    progress: GenerationProgress
    final: GenerationFinal
    stage: StageFinished
    spent: Usage
    def __init__(self, progress: _Optional[_Union[GenerationProgress, _Mapping]] = ..., final: _Optional[_Union[GenerationFinal, _Mapping]] = ..., stage: _Optional[_Union[StageFinished, _Mapping]] = ..., spent: _Optional[_Union[Usage, _Mapping]] = ...) -> None: ...

class GenerationProgress(_message.Message):
    __slots__ = ("progress", "message")
    PROGRESS_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    progress: int
    message: str
    def __init__(self, progress: _Optional[int] = ..., message: _Optional[str] = ...) -> None: ...

class StageFinished(_message.Message):
    __slots__ = ("item", "stage", "output_json", "piece_json", "progress", "usage", "duration_ms", "adjusted")
    ITEM_FIELD_NUMBER: _ClassVar[int]
    STAGE_FIELD_NUMBER: _ClassVar[int]
    OUTPUT_JSON_FIELD_NUMBER: _ClassVar[int]
    PIECE_JSON_FIELD_NUMBER: _ClassVar[int]
    PROGRESS_FIELD_NUMBER: _ClassVar[int]
    USAGE_FIELD_NUMBER: _ClassVar[int]
    DURATION_MS_FIELD_NUMBER: _ClassVar[int]
    ADJUSTED_FIELD_NUMBER: _ClassVar[int]
    item: int
    stage: str
    output_json: str
    piece_json: str
    progress: GenerationProgress
    usage: Usage
    duration_ms: int
    adjusted: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, item: _Optional[int] = ..., stage: _Optional[str] = ..., output_json: _Optional[str] = ..., piece_json: _Optional[str] = ..., progress: _Optional[_Union[GenerationProgress, _Mapping]] = ..., usage: _Optional[_Union[Usage, _Mapping]] = ..., duration_ms: _Optional[int] = ..., adjusted: _Optional[_Iterable[str]] = ...) -> None: ...

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

class GenerationFinal(_message.Message):
    __slots__ = ("result_json", "failures")
    RESULT_JSON_FIELD_NUMBER: _ClassVar[int]
    FAILURES_FIELD_NUMBER: _ClassVar[int]
    result_json: str
    failures: _containers.RepeatedCompositeFieldContainer[ItemFailure]
    def __init__(self, result_json: _Optional[str] = ..., failures: _Optional[_Iterable[_Union[ItemFailure, _Mapping]]] = ...) -> None: ...

class ItemFailure(_message.Message):
    __slots__ = ("item", "stage", "code", "message", "retryable")
    ITEM_FIELD_NUMBER: _ClassVar[int]
    STAGE_FIELD_NUMBER: _ClassVar[int]
    CODE_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    RETRYABLE_FIELD_NUMBER: _ClassVar[int]
    item: int
    stage: str
    code: str
    message: str
    retryable: bool
    def __init__(self, item: _Optional[int] = ..., stage: _Optional[str] = ..., code: _Optional[str] = ..., message: _Optional[str] = ..., retryable: _Optional[bool] = ...) -> None: ...

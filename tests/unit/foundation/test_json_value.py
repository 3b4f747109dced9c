"""Values that JSON can express."""

import pytest

from foundation.json_value import as_object


def test_a_value_that_should_be_an_object_is_returned_or_refused() -> None:
    assert as_object({"a": 1}) == {"a": 1}
    with pytest.raises(TypeError, match="not list"):
        as_object([])

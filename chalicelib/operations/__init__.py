"""The functions `ops_read` and `ops_write`: the command line `loresmith ops` invokes them with AWS credentials."""

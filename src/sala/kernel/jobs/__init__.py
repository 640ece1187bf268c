"""Work after the answer: jobs enqueued in the same transaction."""

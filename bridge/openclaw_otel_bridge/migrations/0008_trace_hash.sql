-- Traces are only ever looked up by the whole id: a hash of it takes less room than a tree, and one page a look.
drop index events_trace;
create index events_trace_hash on events using hash (trace_id) where trace_id is not null;

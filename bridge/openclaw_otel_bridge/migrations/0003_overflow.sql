-- A flood of new kinds of errors: groupings folded into one overflow issue, and what each would have raised alone.

create table folded_groupings (                        -- leads to an overflow issue until somebody unfolds it
    grouping_id     bigint primary key references groupings,
    platform        text,                              -- these columns: the issue it would have raised
    store           text,
    operation       text,
    category        text not null,
    sender_category text,
    code            text,
    message         text not null,
    exception_type  text,
    service         text,
    severity        text not null,
    owner_hint      text,
    retryable       boolean not null,
    explanation     jsonb not null,
    next_step       jsonb not null,
    first_seen      timestamptz not null,
    last_seen       timestamptz not null,              -- folded; add unfolded counter_deltas
    first_event     jsonb not null                     -- what rules read of its first event: store, env, order, …
);
create index issues_made on issues (project_id, created_at) where origin = 'event';
create index issues_overflow on issues (project_id, id) where origin = 'overflow';

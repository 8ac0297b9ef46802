-- A search by attribute or release looks at few groupings: those whose events have had values of such a shape, and those
-- nobody has read yet. Intake writes nothing for it; the worker reads what was folded, in its own time. Both triggers
-- also serve processes of the version before, so that nothing they fold or replace stays unread.
lock table events in share row exclusive mode;         -- in the order in which intake writes to them
lock table counter_deltas in share row exclusive mode;

create table attribute_shapes (                        -- each once; see query/shapes.py
    id              integer generated always as identity primary key,
    name            text not null,                     -- of the attribute; '' = of any
    shape           text not null,
    unique (name, shape)
);
create table shaped_groupings (                        -- some value of some event had this shape
    shape_id        integer not null references attribute_shapes,
    grouping_id     bigint not null,
    primary key (shape_id, grouping_id)
);
create index shaped_groupings_grouping on shaped_groupings (grouping_id);
create table read_groupings (                          -- on which days the events that were read are
    grouping_id     bigint primary key,
    days            date[] not null                    -- events.day, the latest first
);
create table attribute_unread (                        -- events of these times are not in the shapes yet; a queue
    grouping_id     bigint not null,
    since           timestamptz not null,
    until           timestamptz not null,
    before          uuid                               -- of those at `until` only ids below this one
);

create function folded_unread() returns trigger language plpgsql as $$
begin
    insert into attribute_unread (grouping_id, since, until)
    select grouping_id, min(coalesce(first_seen, hour)), max(last_seen) from gone group by grouping_id;
    return null;
end $$;
create trigger folded_unread after delete on counter_deltas
    referencing old table as gone for each statement execute function folded_unread();

create function replaced_unread() returns trigger language plpgsql as $$
begin
    insert into attribute_unread (grouping_id, since, until) values (new.grouping_id, new.occurred_at, new.occurred_at);
    return null;
end $$;
create trigger replaced_unread after update of grouping_id, occurred_at, release, attributes on events
    for each row execute function replaced_unread();

insert into attribute_unread (grouping_id, since, until) select id, '-infinity', 'infinity' from groupings;

-- name: words
-- what free text is looked for in; the same list as IssueTerms.words
lower(concat_ws(E'\n', i.title, i.message, i.code, i.platform, i.operation, i.category, i.exception_type) collate "C")

-- name: assigned_to_me
-- mine, or my team's with nobody named
(i.assignee_id = {person} or (i.assignee_id is null and i.team_id = any({teams})))

-- name: assignee_named
-- any spelling of the person: id, e-mail, name
exists (select from people p where p.id = i.assignee_id
        and (p.id::text like {pattern} or lower(p.email collate "C") like {pattern}
             or lower(p.name collate "C") like {pattern}))

-- name: team_named
-- any spelling of the team: id, slug, name
exists (select from teams t where t.id = i.team_id
        and (t.id::text like {pattern} or lower(t.slug collate "C") like {pattern}
             or lower(t.name collate "C") like {pattern}))

-- name: is_unassigned
-- neither a person nor a team has it
(i.assignee_id is null and i.team_id is null)

-- name: is_regressed
-- it came back after a resolution
i.regressed

-- name: is_muted
-- notifications are held back
(i.muted_until > {now} or i.muted_count is not null)

-- name: project_named
-- the project of the event, by slug
exists (select from projects pr where pr.id = e.project_id and lower(pr.slug collate "C") like {pattern})

-- name: attribute_like
-- an attribute without a column; a list matches by any of its elements
case jsonb_typeof(e.attributes -> {name}::text)
    when 'array' then exists (select from jsonb_array_elements_text(e.attributes -> {name}::text) v
                              where lower(v collate "C") like {pattern})
    else lower((e.attributes ->> {name}::text) collate "C") like {pattern} end

-- name: some_event
-- one stored event of the issue meets all conditions
exists (select from groupings g join events e on e.grouping_id = g.id
        where g.issue_id = i.id and {conditions})

-- name: may_hold
-- a grouping some event of which may have a value like that, or that nobody has read yet; the events decide
g.id in (select l.grouping_id from attribute_shapes s join shaped_groupings l on l.shape_id = s.id
         where s.name = any(array[{name}::text, ''])
           and (s.shape = {anything}::text
                or (s.name <> '' and replace(s.shape, {mask}::text, repeat({mask}::text, {times})) ~ any({like}::text[])))
         union all select u.grouping_id from attribute_unread u
         union all select c.grouping_id from counter_deltas c)

-- name: may_lie
-- a grouping that was seen in a place like that
(exists (select from sightings s where s.grouping_id = g.id and s.n > 0 and {among})
 or exists (select from counter_deltas c cross join lateral {unfolded} e where c.grouping_id = g.id and {conditions}))

-- name: of_some_grouping
-- an issue has such a grouping
i.id in (select g.issue_id from groupings g where g.project_id = {project} and {grouping})

-- name: among_events
-- the same, found from the events' side: for terms an index answers
i.id in (select g.issue_id from groupings g join events e on e.grouping_id = g.id
         where e.project_id = {project} and {conditions})

-- name: among_few
-- the same with what was raised by hand, as one set: alone, it leads to the issues, which need not all be looked at
i.id in (select g.issue_id from groupings g join events e on e.grouping_id = g.id
         where e.project_id = {project} and {conditions}
         union all
         select i.id from issues i where i.project_id = {project} and {raised})

-- name: some_sighting
-- one sighting of the issue meets all conditions: for those over what places hold alone, far fewer rows than events
(exists (select from sightings s where s.issue_id = i.id and s.n > 0 and {among})
 or exists (select from groupings g join counter_deltas c on c.grouping_id = g.id cross join lateral {unfolded} e
            where g.issue_id = i.id and {conditions}))

-- name: sightings
-- what issues saw where all conditions hold, folded and not folded yet
(select s.issue_id, s.n, s.first_seen, s.last_seen, s.message from sightings s
 where s.n > 0 and {among} and {of_folded}
 union all
 select g.issue_id, c.n, coalesce(c.first_seen, c.last_seen), c.last_seen, c.message
 from groupings g join counter_deltas c on c.grouping_id = g.id cross join lateral {unfolded} e
 where {conditions} and {of_unfolded})

-- name: of_folded
-- of one issue alone
s.issue_id = i.id

-- name: of_unfolded
-- the same
g.issue_id = i.id

-- name: unfolded
-- what a delta c of a grouping g says of where it was
(select g.project_id, nullif(c.platform, '') as platform, nullif(c.store, '') as store,
        nullif(c.service, '') as service, nullif(c.env, '') as env)

-- name: among_many
-- for all issues: hashed, and each sighting looked up
s.place_id in {places}

-- name: among_found
-- for one issue after another: no join, so that the places are found once for the statement and not again for each issue
(s.place_id in {places}) is true

-- name: places
-- the places where all conditions hold
(select e.id from (select p.id, p.project_id, nullif(p.platform, '') as platform, nullif(p.store, '') as store,
                          nullif(p.service, '') as service, nullif(p.env, '') as env from places p) e
 where {conditions})

-- name: for_many
-- a condition that the planner takes as one that half of the rows meet: it knows nothing of lower(…), expects one row
-- in 200, and would rather sort all events of an issue than read the latest by their index
case when {condition} then true else false end

-- name: raised_with
-- an issue raised by hand counts the fields it was raised with as an event
(i.origin = 'manual' and exists (
    select from (select i.project_id, i.platform, i.store, null::text as env, i.service,
                        i.order_id, null::text as request_id, null::bytea as trace_id, null::text as release,
                        '{{}}'::jsonb as attributes) e
    where {conditions}))

-- name: no_event
-- nothing is stored of the issue (any more): every key is missing
(i.origin <> 'manual' and not {stored})

-- name: known_by
-- a text is the order, request or trace id of one event
(e.order_id = {text} or e.request_id = {text} or e.trace_id = {trace})

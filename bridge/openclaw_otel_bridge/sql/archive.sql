-- name: snapshot_chunk
-- the chunk that holds an event's details
select data from snapshots where day = %s and id = %s

-- name: span_chunks
-- every chunk with spans of a trace: those beside its events, and those that came alone
select s.data from spans s
join (select e.day, e.span_chunk as id from events e
      where e.trace_id = %(trace)s and e.project_id = %(project)s and e.span_chunk is not null
      union
      select t.day, t.chunk from trace_spans t where t.trace_id = %(trace)s
      and exists (select from events e where e.trace_id = %(trace)s and e.project_id = %(project)s)
     ) c on c.day = s.day and c.id = s.id
order by s.id

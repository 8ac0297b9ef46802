"""`--demo`: a small fake shop world on local ports, called through instrumented clients and the real exporters.

    world.py      platforms as local HTTP servers that answer, and fail, like the real ones do
    robot.py      a chat robot that keeps what it is told, so that notifications can be looked at
    scenarios.py  what the integration services of a shop do all day
    run.py        starts the servers, tells the bridge about team and channels, and plays the scenarios
No row is inserted by hand: everything reaches the bridge as OTLP, as a webhook, or through its REST API.
"""

"""Frames of the JVM: which are the application's, and their names without what the compiler and proxies add."""

from __future__ import annotations

import re

from openclaw_otel_plugins.v1.frames import Site

_FRAME = re.compile(r"^\s*at (?:[\w.@-]*/{1,2})?([^\s(/]+)\(([^()]*)\)(?: ~?\[([^\]]*)\])?")
_CAUSE = re.compile(r"^\s*(?:Caused by|Suppressed|Wrapped by): ")
_GENERATED = re.compile(
    r"\$\$(?:Lambda|FastClass|Enhancer|SpringCGLIB|EnhancerBy\w+|_jvst|_Weld)|\$Proxy\d|GeneratedMethodAccessor"
    r"|GeneratedConstructorAccessor|\$HibernateProxy|\$ByteBuddy|\$MockitoMock|_ClientProxy|_Subclass\."
)
_LAMBDA = re.compile(r"^lambda\$(.+?)\$\d+$")
_SUFFIX = re.compile(r"\$\d+(?:\$\d+)*$|\$(?:Companion|DefaultImpls|Impl\$\d+)$")

LIBRARIES = tuple(
    f"{prefix}."
    for prefix in """java javax jakarta jdk sun com.sun com.oracle oracle kotlin kotlinx scala groovy clojure
    org.springframework org.apache org.hibernate org.eclipse org.jboss org.wildfly org.glassfish org.postgresql
    org.mariadb org.mongodb org.redisson org.elasticsearch org.opensearch org.slf4j org.aspectj org.junit org.mockito
    org.quartz org.mybatis org.jooq org.codehaus org.bouncycastle org.yaml org.json org.reactivestreams org.xnio
    org.asynchttpclient org.objectweb org.osgi org.quarkus org.thymeleaf org.flywaydb org.liquibase org.xml org.w3c
    org.javalite org.jetbrains org.h2 org.sqlite org.infinispan org.keycloak org.camunda org.activiti org.flowable
    com.mysql com.zaxxer com.alibaba.druid com.alibaba.dubbo com.alibaba.fastjson com.alibaba.nacos
    com.alibaba.csp com.baomidou com.github.pagehelper com.mchange com.microsoft com.ibm com.fasterxml com.google
    com.squareup com.amazonaws com.netflix com.rabbitmq com.datastax com.couchbase com.hazelcast com.lmax
    com.jcraft com.sendgrid com.stripe com.paypal com.github.benmanes com.codahale com.linecorp.armeria
    com.typesafe com.vaadin com.xxl com.dynatrace com.newrelic com.lambdaworks com.clickhouse com.auth0
    io.netty io.grpc io.lettuce io.reactivex io.vertx io.quarkus io.micronaut io.micrometer io.opentelemetry
    io.opentracing io.sentry io.undertow io.jsonwebtoken io.ktor io.smallrye io.dropwizard io.confluent io.debezium
    io.github.resilience4j io.projectreactor io.swagger io.seata io.r2dbc io.prometheus io.temporal
    reactor okhttp3 okio retrofit2 retrofit feign brave ch.qos cn.hutool de.codecentric net.sf net.bytebuddy
    net.logstash net.javacrumbs redis.clients rx akka play net.jodah dev.failsafe net.ttddyy p6spy
    Illuminate Symfony GuzzleHttp Doctrine Monolog Laravel Psr Zend Laminas Yii yii Cake Slim League
    WC_ WP_""".split()
)
"""Packages of runtimes, frameworks, drivers and clients (and PHP's, which OpenTelemetry prints in Java's manner)."""


def java_site(stacktrace: str) -> Site | None:
    """Return the raise site of a JVM stack: the first application frame of the exception that is printed first."""
    first: Site | None = None
    began = False
    for line in stacktrace.splitlines()[:4000]:
        match = _FRAME.match(line)
        if match is None:
            if began and _CAUSE.match(line):
                break
            continue
        began = True
        name, place = match[1], match[2]
        site = _site(name, place)
        if not _is_library(name, match[3] or ""):
            if place == "<generated>" or _GENERATED.search(name):
                continue
            return site
        first = first or site
    return first


def _is_library(name: str, packaging: str) -> bool:
    """Say whether a frame is a library's, by its package or by the jar that logback prints behind it."""
    if name.startswith(LIBRARIES) or name.startswith("$Proxy"):
        return True
    return packaging.partition(":")[0].endswith(".jar") and "!/" not in packaging and "BOOT-INF/lib" in packaging


def _site(name: str, place: str) -> Site:
    owner, _, method = name.rpartition(".")
    lambda_name = _LAMBDA.match(method)
    if lambda_name:
        method = lambda_name[1]
    owner = _SUFFIX.sub("", owner.partition("$$")[0])
    package, _, simple = owner.rpartition(".")
    file = place.partition(":")[0]
    if not file.endswith((".java", ".kt", ".scala", ".groovy", ".clj", ".php")):
        file = simple.partition("$")[0]
    return Site(f"{simple}.{method}", f"{package.replace('.', '/')}/{file}".lstrip("/"))

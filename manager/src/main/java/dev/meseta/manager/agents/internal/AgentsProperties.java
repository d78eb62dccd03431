package dev.meseta.manager.agents.internal;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How the manager deals with agents.
 *
 * @param certificateValidity of the certificates hosts get, and of the manager's own towards them
 * @param tokenValidity of an enrolment token
 * @param callDeadline of one unary call
 * @param keepAliveTime after this long without traffic the connection is probed
 * @param keepAliveTimeout an unanswered probe ends the connection
 * @param reconnectAfter first pause before a broken watch is opened again; doubles up to {@code reconnectAtMost}
 * @param reconnectAtMost longest pause
 * @param watchSilence a watch that says nothing for so long is broken (agents say something every 5 s)
 * @param nonResponsiveAfter a host whose watch has been broken for so long is NON_RESPONSIVE
 */
@ConfigurationProperties("meseta.agents")
record AgentsProperties(
        @DefaultValue("30d") Duration certificateValidity,
        @DefaultValue("1h") Duration tokenValidity,
        @DefaultValue("5s") Duration callDeadline,
        @DefaultValue("10s") Duration keepAliveTime,
        @DefaultValue("5s") Duration keepAliveTimeout,
        @DefaultValue("200ms") Duration reconnectAfter,
        @DefaultValue("5s") Duration reconnectAtMost,
        @DefaultValue("12s") Duration watchSilence,
        @DefaultValue("10s") Duration nonResponsiveAfter) {}

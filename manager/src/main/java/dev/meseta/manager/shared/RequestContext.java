package dev.meseta.manager.shared;

/**
 * Who asks, and under which correlation id; travels from the REST layer into tasks, agent calls, events and audit.
 *
 * @param principal user name
 */
public record RequestContext(String principal, String correlationId) {

    /** For work that the manager begins by itself. */
    public static RequestContext system(String correlationId) {
        return new RequestContext("system", correlationId);
    }
}

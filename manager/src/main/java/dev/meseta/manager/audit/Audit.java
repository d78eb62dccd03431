package dev.meseta.manager.audit;

import java.util.Map;

/** Writes what somebody did, or tried to do. Never throws for bad values. */
public interface Audit {

    /** Waits until it is stored, five seconds at most. Joins no transaction of the caller. */
    void record(Entry entry);

    /** How it ended. */
    enum Outcome {
        SUCCESS,
        REFUSED,
        FAILED
    }

    /**
     * @param objectName what the object was called at that time; empty: it has no name, or nobody knows it any more
     * @param code error code, or empty
     */
    record Entry(
            String principal,
            String remoteAddress,
            String action,
            String objectKind,
            String objectId,
            String objectName,
            Outcome outcome,
            String code,
            String correlationId,
            Map<String, Object> detail) {

        /** About something without a name. */
        public Entry(
                String principal,
                String remoteAddress,
                String action,
                String objectKind,
                String objectId,
                Outcome outcome,
                String code,
                String correlationId,
                Map<String, Object> detail) {
            this(principal, remoteAddress, action, objectKind, objectId, "", outcome, code, correlationId, detail);
        }
    }
}

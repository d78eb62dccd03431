package dev.meseta.manager.identity.internal;

import java.util.UUID;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/** Who must have a second factor. The only place that decides it. */
@Component
class MfaPolicy {

    /** For everybody of the built-in realm. */
    enum Setting {
        OPTIONAL,
        REQUIRED
    }

    private final Setting setting;

    MfaPolicy(@Value("${meseta.identity.mfa:OPTIONAL}") Setting setting) {
        this.setting = setting;
    }

    /** Whether nobody gets in with a first factor alone. */
    boolean demandsOfEverybody() {
        return setting == Setting.REQUIRED;
    }

    /** Whether this user must enrol one before anything else. Roles that demand it are to be asked here. */
    boolean demands(UUID userId) {
        return setting == Setting.REQUIRED;
    }
}

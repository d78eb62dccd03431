package dev.meseta.manager.identity.internal;

import dev.meseta.manager.identity.AccessGrant.Effect;
import java.util.Set;
import java.util.UUID;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/** Who must have a second factor. The only place that decides it. */
@Component
class MfaPolicy {

    /** For everybody. */
    enum Setting {
        OPTIONAL,
        REQUIRED
    }

    private final Setting setting;
    private final Set<String> roles;
    private final KnownGrants grants;

    /** @param roles names of roles that nobody uses without a second factor, wherever they are granted */
    MfaPolicy(
            @Value("${meseta.identity.mfa:OPTIONAL}") Setting setting,
            @Value("${meseta.identity.mfa-roles:}") Set<String> roles,
            KnownGrants grants) {
        this.setting = setting;
        this.roles = Set.copyOf(roles);
        this.grants = grants;
    }

    /** Whether nobody gets in with a first factor alone. */
    boolean demandsOfEverybody() {
        return setting == Setting.REQUIRED;
    }

    /** Whether this user must enrol one before anything else, at this moment: grants come and go. */
    boolean demands(UUID userId) {
        return demandsOfEverybody()
                || (!roles.isEmpty()
                        && grants.of(userId).stream()
                                .anyMatch(grant -> grant.effect() == Effect.ALLOW && roles.contains(grant.roleName())));
    }
}

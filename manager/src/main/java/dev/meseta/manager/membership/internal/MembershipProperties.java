package dev.meseta.manager.membership.internal;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How soon a manager counts as dead.
 *
 * @param lease a manager that has not renewed for so long is fenced
 * @param renewal how often the lease is renewed and others are looked at
 */
@ConfigurationProperties("meseta.membership")
record MembershipProperties(
        @DefaultValue("6s") Duration lease,
        @DefaultValue("1s") Duration renewal) {

    MembershipProperties {
        if (renewal.isNegative() || renewal.isZero() || renewal.multipliedBy(3).compareTo(lease) > 0) {
            throw new IllegalArgumentException(
                    "meseta.membership.lease (%s) must be at least three times meseta.membership.renewal (%s)"
                            .formatted(lease, renewal));
        }
    }
}

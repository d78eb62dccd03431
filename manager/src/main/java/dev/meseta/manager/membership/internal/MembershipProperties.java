package dev.meseta.manager.membership.internal;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How soon a manager counts as dead, and where it talks to others.
 *
 * @param lease a manager that has not renewed for so long is fenced
 * @param renewal how often the lease is renewed and others are looked at
 * @param listen address and port for other managers; port 0: any free one. Only managers may reach it
 * @param talk whether to talk to others at all; without it managers find everything in the database, only later
 */
@ConfigurationProperties("meseta.membership")
record MembershipProperties(
        @DefaultValue("6s") Duration lease,
        @DefaultValue("1s") Duration renewal,
        @DefaultValue("127.0.0.1:0") String listen,
        @DefaultValue("true") boolean talk) {

    MembershipProperties {
        if (renewal.isNegative() || renewal.isZero() || renewal.multipliedBy(3).compareTo(lease) > 0) {
            throw new IllegalArgumentException(
                    "meseta.membership.lease (%s) must be at least three times meseta.membership.renewal (%s)"
                            .formatted(lease, renewal));
        }
    }
}

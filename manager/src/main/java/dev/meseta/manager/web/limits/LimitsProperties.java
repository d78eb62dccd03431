package dev.meseta.manager.web.limits;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How much one caller may ask for. A common request costs one token, a dear one several ({@link RequestCosts}).
 *
 * @param requestsPerSecond tokens that come back to somebody signed in
 * @param requestsAtOnce tokens that somebody signed in has after a pause
 * @param requestsTogether of somebody signed in that one manager answers at the same time, event streams and waits included
 * @param addressRequestsPerSecond tokens that come back to an address for requests without a credential that is known
 * @param addressRequestsAtOnce tokens that such an address has after a pause
 * @param addressRequestsTogether of such an address that one manager answers at the same time
 */
@ConfigurationProperties("meseta.limits")
record LimitsProperties(
        @DefaultValue("1000") long requestsPerSecond,
        @DefaultValue("10000") long requestsAtOnce,
        @DefaultValue("2000") int requestsTogether,
        @DefaultValue("100") long addressRequestsPerSecond,
        @DefaultValue("1000") long addressRequestsAtOnce,
        @DefaultValue("200") int addressRequestsTogether) {

    LimitsProperties {
        requireSensible("requests", requestsPerSecond, requestsAtOnce);
        requireSensible("address-requests", addressRequestsPerSecond, addressRequestsAtOnce);
        if (requestsTogether < 1 || addressRequestsTogether < 1) {
            throw new IllegalArgumentException(
                    "meseta.limits.requests-together (%d) and meseta.limits.address-requests-together (%d) must be 1 or more"
                            .formatted(requestsTogether, addressRequestsTogether));
        }
    }

    private static void requireSensible(String name, long perSecond, long atOnce) {
        if (perSecond < 1 || perSecond > 1_000_000_000 || atOnce < perSecond || atOnce > 1_000_000_000) {
            throw new IllegalArgumentException(
                    "meseta.limits.%1$s-per-second (%2$d) must be 1 to 1000000000, and meseta.limits.%1$s-at-once (%3$d) from there to 1000000000"
                            .formatted(name, perSecond, atOnce));
        }
    }
}

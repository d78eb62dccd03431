package dev.meseta.manager.network.internal;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * The network there is from the beginning.
 *
 * @param vni VXLAN network identifier
 * @param gateway told to guests; null or empty: none
 * @param externalEndpoints tunnel addresses outside Meseta that take part, e.g. a gateway
 */
@ConfigurationProperties("meseta.default-network")
record DefaultNetworkProperties(
        String name,
        String subnet,
        int vni,
        int mtu,
        @Nullable String gateway,
        List<String> externalEndpoints) {}

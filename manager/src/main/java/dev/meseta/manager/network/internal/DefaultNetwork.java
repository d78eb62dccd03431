package dev.meseta.manager.network.internal;

import dev.meseta.manager.database.OnceForAll;
import dev.meseta.manager.inventory.Clusters;
import dev.meseta.manager.shared.UuidGenerator;
import java.time.InstantSource;
import java.time.ZoneOffset;
import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/** Makes the first network, once. */
@Component
@EnableConfigurationProperties(DefaultNetworkProperties.class)
class DefaultNetwork implements ApplicationRunner {

    private final OnceForAll once;
    private final JdbcClient jdbc;
    private final Clusters clusters;
    private final UuidGenerator ids;
    private final InstantSource clock;
    private final DefaultNetworkProperties properties;

    DefaultNetwork(
            OnceForAll once,
            JdbcClient jdbc,
            Clusters clusters,
            UuidGenerator ids,
            InstantSource clock,
            DefaultNetworkProperties properties) {
        this.once = once;
        this.jdbc = jdbc;
        this.clusters = clusters;
        this.ids = ids;
        this.clock = clock;
        this.properties = properties;
    }

    @Override
    public void run(ApplicationArguments arguments) {
        once.run(this::makeIfMissing);
    }

    private void makeIfMissing() {
        String gateway = properties.gateway();
        jdbc.sql("""
                        INSERT INTO network
                            (id, data_center_id, name, vni, mtu, subnet, gateway, external_endpoints, created_at)
                        SELECT :id, :dataCenter, :name, :vni, :mtu, :subnet, :gateway, CAST(:endpoints AS jsonb), :now
                        WHERE NOT EXISTS (SELECT 1 FROM network)
                        """)
                .param("id", ids.next())
                .param("dataCenter", clusters.defaultCluster().dataCenterId())
                .param("name", properties.name())
                .param("vni", properties.vni())
                .param("mtu", properties.mtu())
                .param("subnet", Subnet.parse(properties.subnet()).cidr())
                .param("gateway", gateway == null || gateway.isBlank() ? null : gateway)
                .param("endpoints", JsonMapper.shared().writeValueAsString(properties.externalEndpoints()))
                .param("now", clock.instant().atOffset(ZoneOffset.UTC))
                .update();
    }
}

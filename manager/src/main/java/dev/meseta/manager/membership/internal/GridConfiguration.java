package dev.meseta.manager.membership.internal;

import com.hazelcast.config.AdvancedNetworkConfig;
import com.hazelcast.config.Config;
import com.hazelcast.config.DiscoveryStrategyConfig;
import com.hazelcast.config.JavaSerializationFilterConfig;
import com.hazelcast.config.JoinConfig;
import com.hazelcast.config.ServerSocketEndpointConfig;
import com.hazelcast.config.TopicConfig;
import java.util.Map;

/**
 * Hazelcast as a carrier of messages and nothing else: one port for members only, no client, REST or management protocol,
 * no map, no job, few threads.
 */
final class GridConfiguration {

    static final String TOPIC = "managers";

    private static final Map<String, String> PROPERTIES = Map.ofEntries(
            Map.entry("hazelcast.phone.home.enabled", "false"),
            Map.entry("hazelcast.shutdownhook.enabled", "false"),
            Map.entry("hazelcast.logging.type", "slf4j"),
            // They would put the name of the grid into every line.
            Map.entry("hazelcast.logging.details.enabled", "false"),
            Map.entry("hazelcast.health.monitoring.level", "OFF"),
            Map.entry("hazelcast.slow.operation.detector.enabled", "false"),
            Map.entry("hazelcast.discovery.enabled", "true"),
            Map.entry("hazelcast.socket.bind.any", "false"),
            // Nothing is stored: partitions, and threads for them, are only there because there must be some.
            Map.entry("hazelcast.partition.count", "3"),
            Map.entry("hazelcast.operation.thread.count", "2"),
            Map.entry("hazelcast.operation.generic.thread.count", "2"),
            Map.entry("hazelcast.operation.response.thread.count", "1"),
            Map.entry("hazelcast.io.thread.count", "1"),
            Map.entry("hazelcast.io.balancer.interval.seconds", "0"),
            Map.entry("hazelcast.event.thread.count", "1"),
            Map.entry("hazelcast.event.sync.timeout.millis", "1000"),
            Map.entry("hazelcast.operation.call.timeout.millis", "5000"),
            Map.entry("hazelcast.graceful.shutdown.max.wait", "2"),
            // Who is alive is decided by leases; here a dead member is only somebody not to send to.
            Map.entry("hazelcast.heartbeat.interval.seconds", "1"),
            Map.entry("hazelcast.max.no.heartbeat.seconds", "6"),
            Map.entry("hazelcast.socket.connect.timeout.seconds", "2"),
            Map.entry("hazelcast.wait.seconds.before.join", "0"),
            Map.entry("hazelcast.max.wait.seconds.before.join", "0"),
            Map.entry("hazelcast.max.join.seconds", "10"),
            Map.entry("hazelcast.merge.first.run.delay.seconds", "3"),
            Map.entry("hazelcast.merge.next.run.delay.seconds", "3"));

    private GridConfiguration() {}

    static Config of(String gridName, GridAddress listen, RowDiscovery discovery) {
        Config config = new Config();
        config.setClusterName(gridName);
        PROPERTIES.forEach(config::setProperty);
        config.getMetricsConfig().setEnabled(false);
        config.getJetConfig().setEnabled(false);
        config.addTopicConfig(new TopicConfig(TOPIC).setStatisticsEnabled(false));
        config.getSerializationConfig()
                // An empty white list: no class is read the way Java reads objects.
                .setJavaSerializationFilterConfig(new JavaSerializationFilterConfig().setDefaultsDisabled(true));
        config.setAdvancedNetworkConfig(network(listen, discovery));
        return config;
    }

    private static AdvancedNetworkConfig network(GridAddress listen, RowDiscovery discovery) {
        var endpoint = new ServerSocketEndpointConfig()
                .setPort(listen.port())
                .setPortAutoIncrement(false)
                .setPublicAddress(listen.toString());
        endpoint.getInterfaces().setEnabled(true).addInterface(listen.host().getHostAddress());
        var join = new JoinConfig();
        join.getAutoDetectionConfig().setEnabled(false);
        join.getMulticastConfig().setEnabled(false);
        join.getTcpIpConfig().setEnabled(false);
        join.getDiscoveryConfig().addDiscoveryStrategyConfig(new DiscoveryStrategyConfig(discovery));
        return new AdvancedNetworkConfig()
                .setEnabled(true)
                .setMemberEndpointConfig(endpoint)
                .setJoin(join);
    }
}

package dev.meseta.manager.membership.internal;

import com.hazelcast.cluster.Address;
import com.hazelcast.config.properties.PropertyDefinition;
import com.hazelcast.logging.ILogger;
import com.hazelcast.spi.discovery.AbstractDiscoveryStrategy;
import com.hazelcast.spi.discovery.DiscoveryNode;
import com.hazelcast.spi.discovery.DiscoveryStrategy;
import com.hazelcast.spi.discovery.DiscoveryStrategyFactory;
import com.hazelcast.spi.discovery.SimpleDiscoveryNode;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;

/** Tells Hazelcast where to look for others: at the addresses that living managers have in their rows. */
final class RowDiscovery implements DiscoveryStrategyFactory {

    private static final Logger LOG = LoggerFactory.getLogger(RowDiscovery.class);

    private final Supplier<List<GridAddress>> addresses;
    private volatile List<GridAddress> known = List.of();

    RowDiscovery(Supplier<List<GridAddress>> addresses) {
        this.addresses = addresses;
    }

    @Override
    public Class<? extends DiscoveryStrategy> getDiscoveryStrategyType() {
        return Strategy.class;
    }

    @Override
    @SuppressWarnings("rawtypes")
    public DiscoveryStrategy newDiscoveryStrategy(
            DiscoveryNode discoveryNode, ILogger logger, Map<String, Comparable> properties) {
        return new Strategy(logger, properties);
    }

    @Override
    public Collection<PropertyDefinition> getConfigurationProperties() {
        return List.of();
    }

    private List<GridAddress> look() {
        try {
            known = addresses.get();
        } catch (DataAccessException e) {
            LOG.warn("Rows of managers cannot be read; looking where they were before: {}", e.toString());
        }
        return known;
    }

    private final class Strategy extends AbstractDiscoveryStrategy {

        @SuppressWarnings("rawtypes")
        Strategy(ILogger logger, Map<String, Comparable> properties) {
            super(logger, properties);
        }

        @Override
        public Iterable<DiscoveryNode> discoverNodes() {
            return look().stream()
                    .<DiscoveryNode>map(address -> new SimpleDiscoveryNode(new Address(address.host(), address.port())))
                    .toList();
        }
    }
}

package dev.meseta.manager.inventory.internal;

import dev.meseta.manager.shared.StateCounts;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Hosts and VMs by their observed status. */
@Configuration(proxyBeanMethods = false)
class InventoryCounts {

    @Bean
    StateCounts hostCounts(JdbcClient jdbc) {
        return new ByStatus(
                jdbc,
                "meseta.hosts",
                "Hosts by observed status",
                "SELECT status, count(*) FROM host_observed GROUP BY 1");
    }

    @Bean
    StateCounts vmCounts(JdbcClient jdbc) {
        return new ByStatus(
                jdbc, "meseta.vms", "VMs by observed status", "SELECT status, count(*) FROM vm_observed GROUP BY 1");
    }

    private record ByStatus(JdbcClient jdbc, String name, String description, String sql) implements StateCounts {

        @Override
        public String label() {
            return "status";
        }

        @Override
        public Map<String, Long> counts() {
            Map<String, Long> counts = new LinkedHashMap<>();
            jdbc.sql(sql).query(row -> {
                counts.put(row.getString(1), row.getLong(2));
            });
            return counts;
        }
    }
}

package dev.meseta.manager.placement.internal;

import dev.meseta.manager.inventory.Clusters;
import dev.meseta.manager.inventory.Hosts;
import dev.meseta.manager.placement.Placement;
import dev.meseta.manager.scheduling.Allowance;
import dev.meseta.manager.scheduling.PlacementReason;
import dev.meseta.manager.shared.web.KnownValues;
import java.time.InstantSource;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Placement as beans. */
@Configuration(proxyBeanMethods = false)
class PlacementConfiguration {

    @Bean
    ReservationStore reservationStore(JdbcClient jdbc) {
        return new ReservationStore(jdbc);
    }

    @Bean
    KnownValues reasonsOfPlacement() {
        return KnownValues.some("Reason", "code", PlacementReason.class);
    }

    @Bean
    Placement placement(
            PlatformTransactionManager transactionManager,
            Clusters clusters,
            Hosts hosts,
            ReservationStore reservations,
            InstantSource clock,
            @Value("${meseta.placement.memory-overcommit:1.0}") double memoryShare,
            @Value("${meseta.placement.vcpus-per-cpu:8.0}") double vcpusPerCpu) {
        var allowance = new Allowance(
                memoryShare,
                Allowance.DEFAULT.hostMemoryBytes(),
                Allowance.DEFAULT.vmOverheadBytes(),
                Allowance.DEFAULT.vmOverheadShare(),
                vcpusPerCpu);
        return new ReservingPlacement(
                new TransactionTemplate(transactionManager),
                clusters,
                new Snapshots(hosts, reservations),
                reservations,
                allowance,
                clock);
    }
}

package dev.meseta.manager.storage.internal;

import dev.meseta.manager.database.OnceForAll;
import dev.meseta.manager.inventory.Clusters;
import dev.meseta.manager.shared.UuidGenerator;
import java.time.InstantSource;
import java.time.ZoneOffset;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.ApplicationRunner;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Makes the first storage domain, once: a directory that every host has mounted at the same path. */
@Component
class DefaultStorageDomain implements ApplicationRunner {

    private final OnceForAll once;
    private final JdbcClient jdbc;
    private final Clusters clusters;
    private final UuidGenerator ids;
    private final InstantSource clock;
    private final String path;

    DefaultStorageDomain(
            OnceForAll once,
            JdbcClient jdbc,
            Clusters clusters,
            UuidGenerator ids,
            InstantSource clock,
            @Value("${meseta.default-storage.path}") String path) {
        this.once = once;
        this.jdbc = jdbc;
        this.clusters = clusters;
        this.ids = ids;
        this.clock = clock;
        this.path = path;
    }

    @Override
    public void run(ApplicationArguments arguments) {
        once.run(this::makeIfMissing);
    }

    private void makeIfMissing() {
        jdbc.sql("""
                        INSERT INTO storage_domain (id, data_center_id, name, kind, path, created_at)
                        SELECT :id, :dataCenter, 'default', 'SHARED_DIRECTORY', :path, :now
                        WHERE NOT EXISTS (SELECT 1 FROM storage_domain)
                        """)
                .param("id", ids.next())
                .param("dataCenter", clusters.defaultCluster().dataCenterId())
                .param("path", path)
                .param("now", clock.instant().atOffset(ZoneOffset.UTC))
                .update();
    }
}

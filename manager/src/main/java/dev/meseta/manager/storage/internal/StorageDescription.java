package dev.meseta.manager.storage.internal;

import dev.meseta.manager.shared.web.KnownValues;
import dev.meseta.manager.storage.Storage.DiskStatus;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Tells the description of the API what storage puts into others' answers. */
@Configuration(proxyBeanMethods = false)
class StorageDescription {

    @Bean
    KnownValues statesOfDisks() {
        return KnownValues.all("VmDisk", "status", DiskStatus.class);
    }
}

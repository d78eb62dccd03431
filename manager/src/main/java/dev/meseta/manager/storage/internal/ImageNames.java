package dev.meseta.manager.storage.internal;

import dev.meseta.manager.audit.AuditedNames;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What images are called, for the audit log. */
@Configuration(proxyBeanMethods = false)
class ImageNames {

    @Bean
    AuditedNames auditedImages(JdbcClient jdbc) {
        return AuditedNames.of(
                "images",
                id -> jdbc.sql("SELECT name FROM image WHERE id = :id")
                        .param("id", id)
                        .query(String.class)
                        .optional());
    }
}

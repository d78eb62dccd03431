package dev.meseta.manager.inventory.internal;

import dev.meseta.manager.audit.AuditedNames;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What VMs and hosts are called, for the audit log. */
@Configuration(proxyBeanMethods = false)
class InventoryNames {

    @Bean
    AuditedNames auditedVms(JdbcClient jdbc) {
        return AuditedNames.of(
                "vms",
                id -> jdbc.sql("SELECT name FROM vm WHERE id = :id")
                        .param("id", id)
                        .query(String.class)
                        .optional());
    }

    @Bean
    AuditedNames auditedHosts(JdbcClient jdbc) {
        return AuditedNames.of(
                "hosts",
                id -> jdbc.sql("SELECT name FROM host WHERE id = :id")
                        .param("id", id)
                        .query(String.class)
                        .optional());
    }
}

package dev.meseta.manager.identity.internal;

import dev.meseta.manager.audit.AuditedNames;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What users, groups, roles and API tokens are called, for the audit log. */
@Configuration(proxyBeanMethods = false)
class IdentityNames {

    @Bean
    AuditedNames auditedUsers(JdbcClient jdbc) {
        return named(jdbc, "users", "SELECT name FROM user_account WHERE id = :id");
    }

    @Bean
    AuditedNames auditedGroups(JdbcClient jdbc) {
        return named(jdbc, "groups", "SELECT name FROM user_group WHERE id = :id");
    }

    @Bean
    AuditedNames auditedRoles(JdbcClient jdbc) {
        return named(jdbc, "roles", "SELECT name FROM role WHERE id = :id");
    }

    @Bean
    AuditedNames auditedTokens(JdbcClient jdbc) {
        return named(jdbc, "tokens", "SELECT name FROM api_token WHERE id = :id");
    }

    private static AuditedNames named(JdbcClient jdbc, String kind, String select) {
        return AuditedNames.of(
                kind, id -> jdbc.sql(select).param("id", id).query(String.class).optional());
    }
}

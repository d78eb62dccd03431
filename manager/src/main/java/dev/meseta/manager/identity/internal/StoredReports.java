package dev.meseta.manager.identity.internal;

import dev.meseta.manager.identity.Access;
import dev.meseta.manager.identity.AccessDirectory;
import dev.meseta.manager.identity.AccessGrant;
import dev.meseta.manager.identity.AccessReports;
import dev.meseta.manager.identity.AccessRules;
import dev.meseta.manager.identity.Lineage;
import dev.meseta.manager.identity.ObjectRef;
import dev.meseta.manager.identity.Permission;
import dev.meseta.manager.identity.internal.GrantRows.Given;
import dev.meseta.manager.shared.Problems;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Asks the same rules that decide requests. */
@Service
@Transactional(readOnly = true)
class StoredReports implements AccessReports {

    private final JdbcClient jdbc;
    private final Access access;
    private final AccessDirectory directory;
    private final GrantRows rows;
    private final ObjectTree tree;

    StoredReports(JdbcClient jdbc, Access access, AccessDirectory directory, GrantRows rows, ObjectTree tree) {
        this.jdbc = jdbc;
        this.access = access;
        this.directory = directory;
        this.rows = rows;
        this.tree = tree;
    }

    @Override
    public Explanation explain(UUID userId, Permission permission, ObjectRef object) {
        Lineage lineage = lineage(object);
        AccessDirectory.User user = directory.user(userId);
        AccessRules.Answer answer = AccessRules.decide(rows.of(userId), permission, lineage);
        return new Explanation(
                userId,
                user.name(),
                permission,
                answer.allowed() && !user.disabled(),
                user.disabled() ? "The user is disabled: no grant holds." : reason(permission, answer),
                links(answer, lineage),
                lineage.nodes().stream()
                        .map(node -> new PathNode(
                                node.ref().kind(),
                                node.ref().id(),
                                node.name(),
                                node.tags().stream().sorted().toList()))
                        .toList());
    }

    private static String reason(Permission permission, AccessRules.Answer answer) {
        if (permission.isOwn()) {
            return "Everybody who is signed in may.";
        }
        if (answer.allowed()) {
            return "These grants allow it, and none denies it.";
        }
        return answer.deciding().isEmpty()
                ? "No grant on the object or on anything it belongs to allows it."
                : "These grants deny it, and a denial wins over whatever allows it.";
    }

    @Override
    public List<WhoCan> whoCan(Permission permission, ObjectRef object) {
        Lineage lineage = lineage(object);
        Map<UUID, Set<UUID>> groups = new HashMap<>();
        jdbc.sql("SELECT user_id, group_id FROM group_member").query(row -> {
            groups.computeIfAbsent(row.getObject("user_id", UUID.class), id -> new HashSet<>())
                    .add(row.getObject("group_id", UUID.class));
        });
        List<Given> about = rows.all().stream()
                .filter(given -> given.grant().permissions().contains(permission)
                        && lineage.isIn(given.grant().scope(), given.grant().tag()))
                .toList();
        List<WhoCan> found = new ArrayList<>();
        jdbc.sql("SELECT id, name FROM user_account WHERE NOT disabled ORDER BY name")
                .query(row -> {
                    UUID id = row.getObject("id", UUID.class);
                    Set<UUID> member = groups.getOrDefault(id, Set.of());
                    List<AccessGrant> own = about.stream()
                            .filter(given -> holdsFor(given, id, member))
                            .map(Given::grant)
                            .toList();
                    AccessRules.Answer answer = AccessRules.decide(own, permission, lineage);
                    if (answer.allowed()) {
                        found.add(new WhoCan(id, row.getString("name"), links(answer, lineage)));
                    }
                });
        return found;
    }

    private static boolean holdsFor(Given given, UUID userId, Set<UUID> groups) {
        UUID group = given.groupId();
        UUID user = given.userId();
        return user != null ? user.equals(userId) : group == null || groups.contains(group);
    }

    private Lineage lineage(ObjectRef object) {
        access.require(Permission.ACCESS_EXPLAIN, object);
        return tree.lineage(object)
                .orElseThrow(() -> Problems.notFound(object.kind().words(), object.id()));
    }

    private static List<Link> links(AccessRules.Answer answer, Lineage lineage) {
        return answer.deciding().stream()
                .map(grant -> new Link(
                        grant.id(),
                        grant.through(),
                        grant.roleName(),
                        grant.effect(),
                        grant.scope().kind(),
                        grant.scope().id(),
                        lineage.nodes().stream()
                                .filter(node -> node.ref().equals(grant.scope()))
                                .map(Lineage.Node::name)
                                .findFirst()
                                .orElse(""),
                        grant.tag()))
                .toList();
    }
}

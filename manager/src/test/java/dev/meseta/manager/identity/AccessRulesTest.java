package dev.meseta.manager.identity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meseta.manager.identity.AccessGrant.Effect;
import dev.meseta.manager.identity.Lineage.Node;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Whatever the grants are: a denial never widens, and taking what allows away never does. */
@Tag("unit")
class AccessRulesTest {

    private static final int ROUNDS = 20_000;
    private static final List<String> TAGS = List.of("", "", "prod", "test");
    private static final Permission[] PERMISSIONS = {Permission.VM_READ, Permission.VM_OPERATE, Permission.VM_DELETE};
    private static final ObjectKind[] KINDS = {ObjectKind.DATA_CENTER, ObjectKind.CLUSTER, ObjectKind.VM};

    private final long seed = new Random().nextLong();
    private final Random random = new Random(seed);
    private final List<ObjectRef> objects = new ArrayList<>(List.of(ObjectRef.SYSTEM));

    AccessRulesTest() {
        for (ObjectKind kind : KINDS) {
            for (int i = 0; i < 3; i++) {
                objects.add(new ObjectRef(kind, new UUID(kind.name().length(), i + 1)));
            }
        }
    }

    @Test
    void a_denial_never_widens() {
        for (int round = 0; round < ROUNDS; round++) {
            List<AccessGrant> grants = grants();
            Lineage object = lineage();
            List<AccessGrant> more = new ArrayList<>(grants);
            more.add(grant(Effect.DENY));
            for (Permission permission : PERMISSIONS) {
                assertThat(allowed(more, permission, object) && !allowed(grants, permission, object))
                        .as("seed %d: %s on %s by %s", seed, permission, object, more)
                        .isFalse();
            }
        }
    }

    @Test
    void what_allows_never_widens_by_going() {
        for (int round = 0; round < ROUNDS; round++) {
            List<AccessGrant> grants = grants();
            grants.add(grant(Effect.ALLOW));
            List<AccessGrant> fewer = grants.subList(0, grants.size() - 1);
            Lineage object = lineage();
            for (Permission permission : PERMISSIONS) {
                assertThat(allowed(fewer, permission, object) && !allowed(grants, permission, object))
                        .as("seed %d: %s on %s by %s", seed, permission, object, fewer)
                        .isFalse();
            }
        }
    }

    @Test
    void everywhere_and_somewhere_are_what_they_say() {
        for (int round = 0; round < ROUNDS; round++) {
            List<AccessGrant> grants = grants();
            Lineage object = lineage();
            for (Permission permission : PERMISSIONS) {
                boolean allowed = allowed(grants, permission, object);
                assertThat(!AccessRules.isAllowedEverywhere(grants, permission) || allowed)
                        .as("seed %d: %s everywhere by %s", seed, permission, grants)
                        .isTrue();
                assertThat(AccessRules.mayBeAllowedSomewhere(grants, permission) || !allowed)
                        .as("seed %d: %s nowhere by %s", seed, permission, grants)
                        .isTrue();
            }
        }
    }

    @Test
    void a_denial_above_wins_over_what_allows_below() {
        ObjectRef cluster = objects.get(4);
        ObjectRef vm = objects.get(7);
        Lineage object = new Lineage(List.of(
                new Node(vm, "vm", Set.of("prod"), Set.of(vm, cluster, ObjectRef.SYSTEM)),
                new Node(cluster, "cluster", Set.of(), Set.of(cluster, ObjectRef.SYSTEM)),
                Lineage.SYSTEM.object()));
        AccessGrant allow = grant(Effect.ALLOW, vm, "", Set.of(Permission.VM_READ));
        AccessGrant deny = grant(Effect.DENY, cluster, "prod", Set.of(Permission.VM_READ));

        AccessRules.Answer answer = AccessRules.decide(List.of(allow, deny), Permission.VM_READ, object);

        assertThat(answer.allowed()).isFalse();
        assertThat(answer.deciding()).containsExactly(deny);
        assertThat(AccessRules.decide(List.of(allow), Permission.VM_READ, object)
                        .deciding())
                .containsExactly(allow);
    }

    @Test
    void seeded_roles_hold_what_a_superuser_holds_at_most_and_read_only_changes_nothing() {
        assertThat(SeededRole.values()).hasSizeGreaterThanOrEqualTo(12);
        for (SeededRole role : SeededRole.values()) {
            assertThat(SeededRole.SUPERUSER.permissions()).containsAll(role.permissions());
            assertThat(SeededRole.of(role.id())).contains(role);
        }
        assertThat(SeededRole.READ_ONLY.permissions())
                .allMatch(permission -> permission.name().endsWith("_READ"));
    }

    private static boolean allowed(List<AccessGrant> grants, Permission permission, Lineage object) {
        return AccessRules.decide(grants, permission, object).allowed();
    }

    private List<AccessGrant> grants() {
        List<AccessGrant> grants = new ArrayList<>();
        for (int i = random.nextInt(6); i > 0; i--) {
            grants.add(grant(random.nextInt(3) == 0 ? Effect.DENY : Effect.ALLOW));
        }
        return grants;
    }

    private AccessGrant grant(Effect effect) {
        Set<Permission> permissions = new HashSet<>();
        for (Permission permission : PERMISSIONS) {
            if (random.nextBoolean()) {
                permissions.add(permission);
            }
        }
        return grant(
                effect,
                objects.get(random.nextInt(objects.size())),
                TAGS.get(random.nextInt(TAGS.size())),
                permissions);
    }

    private AccessGrant grant(Effect effect, ObjectRef scope, String tag, Set<Permission> permissions) {
        return new AccessGrant(
                new UUID(9, random.nextLong()), "", new UUID(8, 1), "role", permissions, effect, scope, tag);
    }

    /** A VM in some cluster in some data center. */
    private Lineage lineage() {
        ObjectRef dataCenter = objects.get(1 + random.nextInt(3));
        ObjectRef cluster = objects.get(4 + random.nextInt(3));
        ObjectRef vm = objects.get(7 + random.nextInt(3));
        Set<String> tags = random.nextBoolean() ? Set.of("prod") : Set.of();
        return new Lineage(List.of(
                new Node(vm, "vm", tags, Set.of(vm, cluster, dataCenter, ObjectRef.SYSTEM)),
                new Node(cluster, "cluster", Set.of(), Set.of(cluster, dataCenter, ObjectRef.SYSTEM)),
                new Node(dataCenter, "data center", Set.of(), Set.of(dataCenter, ObjectRef.SYSTEM)),
                Lineage.SYSTEM.object()));
    }
}

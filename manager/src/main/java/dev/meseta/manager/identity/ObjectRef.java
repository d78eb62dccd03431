package dev.meseta.manager.identity;

import java.util.UUID;

/** An object that grants are given on. */
public record ObjectRef(ObjectKind kind, UUID id) {

    private static final UUID NIL = new UUID(0, 0);

    /** The whole installation. */
    public static final ObjectRef SYSTEM = new ObjectRef(ObjectKind.SYSTEM, NIL);

    public static ObjectRef dataCenter(UUID id) {
        return new ObjectRef(ObjectKind.DATA_CENTER, id);
    }

    public static ObjectRef cluster(UUID id) {
        return new ObjectRef(ObjectKind.CLUSTER, id);
    }

    public static ObjectRef host(UUID id) {
        return new ObjectRef(ObjectKind.HOST, id);
    }

    public static ObjectRef vm(UUID id) {
        return new ObjectRef(ObjectKind.VM, id);
    }

    public static ObjectRef image(UUID id) {
        return new ObjectRef(ObjectKind.IMAGE, id);
    }

    public static ObjectRef storageDomain(UUID id) {
        return new ObjectRef(ObjectKind.STORAGE_DOMAIN, id);
    }

    public static ObjectRef network(UUID id) {
        return new ObjectRef(ObjectKind.NETWORK, id);
    }
}

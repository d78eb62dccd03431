package dev.meseta.manager.identity;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * An object with everything it belongs to, up to the system; an object may belong to several.
 *
 * @param nodes the object first
 */
public record Lineage(List<Node> nodes) {

    /** Of the whole installation. */
    public static final Lineage SYSTEM =
            new Lineage(List.of(new Node(ObjectRef.SYSTEM, "system", Set.of(), Set.of(ObjectRef.SYSTEM))));

    public Lineage {
        nodes = List.copyOf(nodes);
    }

    /**
     * One object of a lineage.
     *
     * @param above itself and everything it belongs to
     */
    public record Node(ObjectRef ref, String name, Set<String> tags, Set<ObjectRef> above) {
        public Node {
            tags = Set.copyOf(tags);
            above = Set.copyOf(above);
        }
    }

    public Node object() {
        return nodes.getFirst();
    }

    /** Whether a scope holds for the object: it is one of its nodes or, with a tag, one above or at a node that carries it. */
    public boolean isIn(ObjectRef scope, String tag) {
        for (Node node : nodes) {
            if (tag.isEmpty()
                    ? node.ref().equals(scope)
                    : node.tags().contains(tag) && node.above().contains(scope)) {
                return true;
            }
        }
        return false;
    }

    /** The object and everything it belongs to. */
    public Set<ObjectRef> refs() {
        Set<ObjectRef> refs = new HashSet<>();
        nodes.forEach(node -> refs.add(node.ref()));
        return refs;
    }
}

package dev.meseta.agent.hypervisor.libvirt.binding;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.LinkedHashMap;
import java.util.Map;

/** A {@code virTypedParameter} array, copied into Java. Numbers of every width are longs, booleans are 0 or 1. */
public record TypedParameters(Map<String, Object> values) {

    private static final long SIZE = 96;
    private static final long TYPE = 80;
    private static final long VALUE = 88;
    private static final int TYPE_INT = 1;
    private static final int TYPE_UNSIGNED_INT = 2;
    private static final int TYPE_LONG = 3;
    private static final int TYPE_UNSIGNED_LONG = 4;
    private static final int TYPE_DOUBLE = 5;
    private static final int TYPE_BOOLEAN = 6;
    private static final int TYPE_STRING = 7;

    public TypedParameters {
        values = Map.copyOf(values);
    }

    /** A number, or 0 when there is no number of that name. */
    public long number(String name) {
        return values.get(name) instanceof Long value ? value : 0;
    }

    static TypedParameters read(MemorySegment parameters, int count) {
        Map<String, Object> values = new LinkedHashMap<>();
        MemorySegment array = parameters.reinterpret(SIZE * count);
        for (int i = 0; i < count; i++) {
            MemorySegment parameter = array.asSlice(SIZE * i, SIZE);
            int type = parameter.get(ValueLayout.JAVA_INT, TYPE);
            String name = parameter.getString(0);
            switch (type) {
                case TYPE_INT -> values.put(name, (long) parameter.get(ValueLayout.JAVA_INT, VALUE));
                case TYPE_UNSIGNED_INT ->
                    values.put(name, Integer.toUnsignedLong(parameter.get(ValueLayout.JAVA_INT, VALUE)));
                case TYPE_LONG, TYPE_UNSIGNED_LONG -> values.put(name, parameter.get(ValueLayout.JAVA_LONG, VALUE));
                case TYPE_DOUBLE -> values.put(name, parameter.get(ValueLayout.JAVA_DOUBLE, VALUE));
                case TYPE_BOOLEAN -> values.put(name, (long) parameter.get(ValueLayout.JAVA_BYTE, VALUE));
                case TYPE_STRING -> values.put(name, Native.borrowString(parameter.get(ValueLayout.ADDRESS, VALUE)));
                default -> values.put(name, "type " + type);
            }
        }
        return new TypedParameters(values);
    }
}

package dev.meseta.lab.faults;

/** A property that was broken, and by what. */
public record Violation(Property property, String detail) {

    @Override
    public String toString() {
        return property.title() + ": " + detail;
    }
}

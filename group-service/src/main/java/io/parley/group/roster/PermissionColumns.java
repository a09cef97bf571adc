package io.parley.group.roster;

import io.parley.common.groups.GroupPermission;
import io.parley.common.groups.GroupRole;
import jakarta.persistence.AttributeConverter;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Permissions as one column each: {@code write=moderator pin=member}. */
public final class PermissionColumns {

  private PermissionColumns() {}

  /** The lowest role of each permission that is not as usual. */
  static final class Table implements AttributeConverter<Map<GroupPermission, GroupRole>, String> {

    @Override
    public String convertToDatabaseColumn(Map<GroupPermission, GroupRole> table) {
      return table.entrySet().stream()
          .filter(row -> row.getValue() != row.getKey().usual())
          .map(row -> row.getKey().value() + "=" + row.getValue().value())
          .collect(Collectors.joining(" "));
    }

    @Override
    public Map<GroupPermission, GroupRole> convertToEntityAttribute(String column) {
      return parse(column, GroupRole::of);
    }
  }

  /** What was decided for one member. */
  static final class Overrides
      implements AttributeConverter<Map<GroupPermission, Boolean>, String> {

    @Override
    public String convertToDatabaseColumn(Map<GroupPermission, Boolean> overrides) {
      return overrides.entrySet().stream()
          .map(row -> row.getKey().value() + "=" + row.getValue())
          .collect(Collectors.joining(" "));
    }

    @Override
    public Map<GroupPermission, Boolean> convertToEntityAttribute(String column) {
      return overrides(column);
    }
  }

  public static Map<GroupPermission, Boolean> overrides(String column) {
    return parse(column, Boolean::valueOf);
  }

  private static <T> Map<GroupPermission, T> parse(String column, Function<String, T> value) {
    Map<GroupPermission, T> parsed = new EnumMap<>(GroupPermission.class);
    if (!column.isEmpty()) {
      for (String row : column.split(" ")) {
        int equals = row.indexOf('=');
        parsed.put(
            GroupPermission.of(row.substring(0, equals)), value.apply(row.substring(equals + 1)));
      }
    }
    return Collections.unmodifiableMap(parsed);
  }
}

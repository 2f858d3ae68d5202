using System.Collections;
using System.Reflection;
using OnchainMargin.Ethereum;
using OnchainMargin.Margin;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Checkpoints;

namespace OnchainMargin.Solver.Tests.Snapshots;

/// <summary>Looks at everything that a value holds, down to its fields.</summary>
internal static class Deep
{
    /// <summary>Where two values differ, at most one place; null when they are equal field by field.</summary>
    public static string? Difference(object? one, object? other, string path = "")
    {
        if (one is null || other is null || one.GetType() != other.GetType())
        {
            return ReferenceEquals(one, other) ? null : path;
        }

        (Content[] left, Content[] right) = (Of(one), Of(other));
        if (left.Length != right.Length)
        {
            return $"{path} ({left.Length} and {right.Length})";
        }

        return left.Length == 0 ? (one.Equals(other) || one is IEnumerable and not string ? null : $"{path} ({one} and {other})")
            : left.Zip(right).Select(pair => Difference(pair.First.Value, pair.Second.Value, $"{path}.{pair.First.Name}")).FirstOrDefault(static found => found is not null);
    }

    /// <summary>The fields that are null, zero or empty wherever they are met.</summary>
    public static IEnumerable<string> Unset(object value)
    {
        Dictionary<(Type Type, string Field), bool> isSet = [];
        Look(value, isSet);
        return isSet.Where(static one => !one.Value).Select(static one => $"{one.Key.Type.Name}.{one.Key.Field}");
    }

    private static void Look(object? value, Dictionary<(Type Type, string Field), bool> isSet)
    {
        if (value is null)
        {
            return;
        }

        foreach (Content content in Of(value))
        {
            if (content.IsField)
            {
                (Type, string) key = (value.GetType(), content.Name);
                isSet[key] = isSet.GetValueOrDefault(key) || (content.Value is ICollection all ? all.Count > 0 : content.Value is not null && !content.Value.Equals(Default(content.Value.GetType())));
            }

            Look(content.Value, isSet);
        }
    }

    private static object? Default(Type type) => type.IsValueType ? Activator.CreateInstance(type) : null;

    /// <summary>What a value consists of; nothing when it is one number.</summary>
    private static Content[] Of(object value) => value switch
    {
        AccountTable accounts => Items(accounts.Values),
        CheckpointInputs inputs => [new("Head", inputs.Head, true), new("Records", inputs.AllRecords, true)],
        AccountState state => [new("Packed", state.Pack(), true)],
        byte[] bytes => [new("Bytes", Convert.ToHexString(bytes), false)],
        string => [],
        IEnumerable items => Items(items),
        Enum or Address or Hash32 or UInt256 => [],
        _ when value.GetType().Assembly == typeof(int).Assembly && !value.GetType().IsGenericType => [],
        _ => [.. value.GetType().GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic).Select(field => new Content(field.Name, field.GetValue(value), !value.GetType().IsGenericType))],
    };

    private static Content[] Items(IEnumerable items) => [.. items.Cast<object>().Select(static (item, at) => new Content($"[{at}]", item, false))];

    private sealed record Content(string Name, object? Value, bool IsField);
}

using System.Collections.Immutable;
using System.Linq.Expressions;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Checkpoints;

namespace OnchainMargin.Solver.Snapshots;

/// <summary>How values of a type are written to a snapshot and read from it, made from the type itself: whatever a record of the book gains is kept, or there is no form of it.</summary>
/// <typeparam name="T">Numbers and what consists of them, collections, and records and tuples whose every field a constructor or a property gives back.</typeparam>
internal static class Form<T>
{
    private const BindingFlags Members = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;

    private static readonly (Action<PartWriter, T> Write, Func<PartReader, T> Read) Made = Make();

    /// <summary>Writes a value.</summary>
    public static void Write(PartWriter to, T value) => Made.Write(to, value);

    /// <summary>Reads what was written.</summary>
    public static T Read(PartReader from) => Made.Read(from);

    private static (Action<PartWriter, T> Write, Func<PartReader, T> Read) Make()
    {
        if (IsPlain)
        {
            return (WritePlain, ReadPlain);
        }

        (Action<PartWriter, T> write, Func<PartReader, T> read) =
            typeof(T) == typeof(CheckpointInputs) ? ((Action<PartWriter, T>)(object)PartWriter.WriteInputs, (Func<PartReader, T>)(object)PartReader.ReadInputs)
            : ElementType() is { } element ? ((Action<PartWriter, T>, Func<PartReader, T>))typeof(Form<T>).GetMethod(nameof(OfSequence), BindingFlags.Static | BindingFlags.NonPublic)!.MakeGenericMethod(element).Invoke(null, null)!
            : OfMembers();
        return typeof(T).IsValueType ? (write, read) : (
            (to, value) =>
            {
                Form<bool>.Write(to, value is not null);
                if (value is not null)
                {
                    write(to, value);
                }
            },
            from => Form<bool>.Read(from) ? read(from) : default!);
    }

    /// <summary>Whether a type is its bytes in memory. Their order is the runtime's, whose build therefore is part of a snapshot's format.</summary>
    private static bool IsPlain => !RuntimeHelpers.IsReferenceOrContainsReferences<T>();

    private static void WritePlain(PartWriter to, T value) => to.Write(Bytes(ref value, 1));

    private static T ReadPlain(PartReader from)
    {
        T value = default!;
        from.Read(Bytes(ref value, 1));
        return value;
    }

    private static Span<byte> Bytes(ref T first, int count) => MemoryMarshal.CreateSpan(ref Unsafe.As<T, byte>(ref first), count * Unsafe.SizeOf<T>());

    private static Type? ElementType() =>
        typeof(T).IsArray ? typeof(T).GetElementType()
        : typeof(T).Assembly == typeof(ImmutableArray).Assembly ? typeof(T).GetInterfaces().Single(static one => one.IsGenericType && one.GetGenericTypeDefinition() == typeof(IEnumerable<>)).GetGenericArguments()[0]
        : null;

    private static (Action<PartWriter, T> Write, Func<PartReader, T> Read) OfSequence<TElement>()
    {
        Func<TElement[], T> gather = typeof(T).IsArray ? static items => (T)(object)items : Gathering<TElement>();
        return (
            static (to, value) =>
            {
                TElement[] items = value as TElement[] ?? [.. (IEnumerable<TElement>)value!];
                Form<int>.Write(to, items.Length);
                Form<TElement>.WriteAll(to, items);
            },
            from =>
            {
                int count = Form<int>.Read(from);
                TElement[] items = count == 0 ? [] : new TElement[count];
                Form<TElement>.ReadAll(from, items);
                return gather(items);
            }
        );
    }

    private static void WriteAll(PartWriter to, T[] items)
    {
        if (IsPlain)
        {
            to.Write(Bytes(ref MemoryMarshal.GetArrayDataReference(items), items.Length));
            return;
        }

        foreach (T item in items)
        {
            Write(to, item);
        }
    }

    private static void ReadAll(PartReader from, T[] items)
    {
        if (IsPlain)
        {
            from.Read(Bytes(ref MemoryMarshal.GetArrayDataReference(items), items.Length));
            return;
        }

        for (int i = 0; i < items.Length; i++)
        {
            items[i] = Read(from);
        }
    }

    /// <summary>An immutable collection of items: <c>ImmutableList.CreateRange</c> and its like.</summary>
    private static Func<TElement[], T> Gathering<TElement>()
    {
        string name = typeof(T).GetGenericTypeDefinition().FullName!;
        return typeof(T).Assembly.GetType(name[..name.IndexOf('`', StringComparison.Ordinal)])!.GetMethods()
            .Single(static method => method.Name is nameof(ImmutableArray.CreateRange) && method.GetParameters() is [{ ParameterType.IsGenericType: true } only] && only.ParameterType.GetGenericTypeDefinition() == typeof(IEnumerable<>))
            .MakeGenericMethod(typeof(T).GetGenericArguments())
            .CreateDelegate<Func<IEnumerable<TElement>, T>>();
    }

    /// <summary>Field by field; read ones go through the constructor, as far as it takes them, and the properties that can be set.</summary>
    private static (Action<PartWriter, T> Write, Func<PartReader, T> Read) OfMembers()
    {
        FieldInfo[] fields = [.. typeof(T).GetFields(Members).Where(static field => !IsApart(field))];
        ConstructorInfo? constructor = typeof(T).GetConstructors().MaxBy(static one => one.GetParameters().Length);
        ParameterExpression to = Expression.Parameter(typeof(PartWriter));
        ParameterExpression value = Expression.Parameter(typeof(T));
        ParameterExpression from = Expression.Parameter(typeof(PartReader));
        var read = fields.ToDictionary(static field => field, static field => Expression.Variable(field.FieldType));
        ParameterInfo[] parameters = constructor?.GetParameters() ?? [];
        FieldInfo[] given = [.. parameters.Select(parameter => fields.FirstOrDefault(field => NameOf(field).Equals(parameter.Name, StringComparison.OrdinalIgnoreCase)) ?? throw Unkept(parameter.Name!))];
        NewExpression made = constructor is null ? Expression.New(typeof(T)) : Expression.New(constructor, given.Select(field => read[field]));
        IEnumerable<MemberBinding> set = fields.Except(given).Select(field => Expression.Bind(
            typeof(T).GetProperty(NameOf(field), Members) is { CanWrite: true } property ? property : throw Unkept(NameOf(field)), read[field]));
        return (
            Expression.Lambda<Action<PartWriter, T>>(
                Expression.Block(typeof(void), fields.Select(field => Expression.Call(Of(field, nameof(Write)), to, Expression.Field(value, field)))), to, value).Compile(),
            Expression.Lambda<Func<PartReader, T>>(
                Expression.Block(read.Values, [.. fields.Select(field => Expression.Assign(read[field], Expression.Call(Of(field, nameof(Read)), from))), Expression.MemberInit(made, set)]), from).Compile());
    }

    /// <summary>Accounts go in parts of their own, and their states follow from the bytes beside them.</summary>
    private static bool IsApart(FieldInfo field) =>
        (typeof(T), NameOf(field)) is var (type, name) && ((type == typeof(ProtocolBook) && name is nameof(ProtocolBook.Accounts)) || (type == typeof(BookAccount) && name is nameof(BookAccount.State)));

    private static string NameOf(FieldInfo field) => field.Name.StartsWith('<') ? field.Name[1..field.Name.IndexOf('>', StringComparison.Ordinal)] : field.Name;

    private static MethodInfo Of(FieldInfo field, string method) => typeof(Form<>).MakeGenericType(field.FieldType).GetMethod(method)!;

    private static NotSupportedException Unkept(string name) => new($"A snapshot cannot keep '{name}' of {typeof(T)}; let a constructor or a property that can be set give it back.");
}

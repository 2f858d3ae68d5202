namespace OnchainMargin.Ethereum.Abi;

/// <summary>An ABI type with its layout. Made by <see cref="AbiTypeParser"/>.</summary>
public sealed class AbiType
{
    /// <summary>The largest head in bytes that a type may need; larger fixed arrays are refused.</summary>
    public const int LargestHead = 1 << 26;

    private AbiType(AbiKind kind, int size, string canonical, AbiType? element = null, IReadOnlyList<AbiParameter>? components = null, string? structName = null)
    {
        Kind = kind;
        Size = size;
        Canonical = canonical;
        Element = element;
        Components = components ?? [];
        StructName = structName;
        IsDynamic = kind switch
        {
            AbiKind.Bytes or AbiKind.Text or AbiKind.Array => true,
            AbiKind.FixedArray => element!.IsDynamic,
            _ => Components.Any(static component => component.Type.IsDynamic),
        };
        HeadSize = IsDynamic ? AbiWriter.Word : kind switch
        {
            AbiKind.FixedArray => Bounded((long)size * element!.HeadSize, canonical),
            AbiKind.Tuple => Bounded(Components.Sum(static component => (long)component.Type.HeadSize), canonical),
            _ => AbiWriter.Word,
        };
    }

    /// <summary>The kind.</summary>
    public AbiKind Kind { get; }

    /// <summary>Bits of a number, bytes of a <c>bytesN</c>, elements of a fixed array.</summary>
    public int Size { get; }

    /// <summary>The element of an array.</summary>
    public AbiType? Element { get; }

    /// <summary>The members of a tuple.</summary>
    public IReadOnlyList<AbiParameter> Components { get; }

    /// <summary>The struct's name in the contract where the ABI tells it.</summary>
    public string? StructName { get; }

    /// <summary>The name as it goes into signatures.</summary>
    public string Canonical { get; }

    /// <summary>Whether the head holds an offset.</summary>
    public bool IsDynamic { get; }

    /// <summary>The bytes the type takes in a head.</summary>
    public int HeadSize { get; }

    /// <summary>The bytes of a tuple's heads together, or of one element in a dynamic array's frame.</summary>
    public int FrameSize => FrameSizeOf(Components);

    /// <summary>The bytes of the heads of parameters together.</summary>
    public static int FrameSizeOf(IReadOnlyList<AbiParameter> parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        return Bounded(parameters.Sum(static parameter => (long)parameter.Type.HeadSize), "parameters");
    }

    /// <summary>A type without parts.</summary>
    public static AbiType Simple(AbiKind kind, int size, string canonical) => new(kind, size, canonical);

    /// <summary>A dynamic array.</summary>
    public static AbiType ArrayOf(AbiType element)
    {
        ArgumentNullException.ThrowIfNull(element);
        return new AbiType(AbiKind.Array, 0, element.Canonical + "[]", element);
    }

    /// <summary>An array of fixed length.</summary>
    public static AbiType ArrayOf(AbiType element, int count)
    {
        ArgumentNullException.ThrowIfNull(element);
        return new AbiType(AbiKind.FixedArray, count, $"{element.Canonical}[{count}]", element);
    }

    /// <summary>A tuple.</summary>
    public static AbiType TupleOf(IReadOnlyList<AbiParameter> components, string? structName = null) =>
        new(AbiKind.Tuple, 0, $"({string.Join(',', components.Select(static component => component.Type.Canonical))})", null, components, structName);

    /// <inheritdoc/>
    public override string ToString() => Canonical;

    private static int Bounded(long size, string canonical) => size <= LargestHead
        ? (int)size
        : throw new EthereumFormatException($"The ABI type '{HexData.Quote(canonical)}' needs {size} bytes in every head; fixed arrays of such length are not supported.");
}

using OnchainMargin.Ethereum.Abi;

namespace OnchainMargin.Ethereum.Generation;

/// <summary>Walks over everything in an ABI that has a type.</summary>
internal static class AbiTypes
{
    /// <summary>Takes every type of an ABI into a map.</summary>
    public static void Collect(TypeMap types, ContractAbi abi)
    {
        foreach (IReadOnlyList<AbiParameter> parameters in Rows(abi))
        {
            types.Collect(parameters);
        }
    }

    /// <summary>The tuples of an ABI with those inside them.</summary>
    public static IEnumerable<AbiType> Tuples(ContractAbi abi) =>
        Rows(abi).SelectMany(static parameters => parameters).SelectMany(static parameter => Tuples(parameter.Type));

    private static IEnumerable<IReadOnlyList<AbiParameter>> Rows(ContractAbi abi) =>
    [
        abi.Constructor.Inputs,
        .. abi.Functions.SelectMany(static function => (IEnumerable<IReadOnlyList<AbiParameter>>)[function.Inputs, function.Outputs]),
        .. abi.Events.Select(static declared => (IReadOnlyList<AbiParameter>)[.. declared.Inputs.Where(static input => !EventEmitter.IsHashed(input))]),
        .. abi.Errors.Select(static error => error.Inputs),
    ];

    private static IEnumerable<AbiType> Tuples(AbiType type) => type.Kind switch
    {
        AbiKind.Tuple => type.Components.SelectMany(static member => Tuples(member.Type)).Append(type),
        AbiKind.Array or AbiKind.FixedArray => Tuples(type.Element!),
        _ => [],
    };
}

using System.Text.Json;

namespace OnchainMargin.Ethereum.Abi;

/// <summary>What a contract declares, read from the compiler's JSON or from human-readable signatures.</summary>
/// <param name="Constructor">The constructor; without parameters where none is declared.</param>
/// <param name="Functions">The functions.</param>
/// <param name="Events">The events.</param>
/// <param name="Errors">The custom errors.</param>
public sealed record ContractAbi(
    AbiFunction Constructor,
    IReadOnlyList<AbiFunction> Functions,
    IReadOnlyList<AbiEvent> Events,
    IReadOnlyList<AbiError> Errors)
{
    /// <summary>Reads the ABI array of a compiler or an artifact.</summary>
    /// <exception cref="EthereumFormatException">Thrown when it is not an ABI.</exception>
    public static ContractAbi FromJson(JsonElement abi) => AbiJson.Read(abi);

    /// <summary>Reads signatures such as <c>function balanceOf(address owner) view returns (uint256)</c> and <c>event Moved(address indexed to, uint256 value)</c>.</summary>
    /// <exception cref="EthereumFormatException">Thrown when one of them cannot be read.</exception>
    public static ContractAbi FromSignatures(params IReadOnlyList<string> signatures) => HumanReadableAbi.Read(signatures);

    /// <summary>The only function of a name.</summary>
    /// <exception cref="EthereumFormatException">Thrown when there is none, or several.</exception>
    public AbiFunction Function(string nameOrSignature)
    {
        AbiFunction[] found = [.. Functions.Where(function => string.Equals(function.Name, nameOrSignature, StringComparison.Ordinal) || string.Equals(function.Signature, nameOrSignature, StringComparison.Ordinal))];
        return found.Length == 1
            ? found[0]
            : throw new EthereumFormatException($"The ABI has {found.Length} functions called '{HexData.Quote(nameOrSignature)}'; name one by its full signature.");
    }
}

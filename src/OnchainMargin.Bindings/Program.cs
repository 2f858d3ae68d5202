using System.Text.Json;
using OnchainMargin.Ethereum.Abi;
using OnchainMargin.Ethereum.Generation;

namespace OnchainMargin.Bindings;

/// <summary>Writes the C# of every contract of a folder of ABIs. The build of whoever needs the classes runs it (Bindings.targets), so they are never older than the ABIs.</summary>
internal static class Program
{
    /// <summary>What clients need of any ERC-20 token.</summary>
    private static readonly string[] Erc20 =
    [
        "function approve(address spender, uint256 amount) returns (bool)",
        "function allowance(address owner, address spender) view returns (uint256)",
        "function balanceOf(address owner) view returns (uint256)",
        "function decimals() view returns (uint8)",
        "function symbol() view returns (string)",
        "function transfer(address to, uint256 amount) returns (bool)",
    ];

    private static int Main(string[] args)
    {
        if (args.Length != 3)
        {
            Console.Error.WriteLine("error: three arguments are needed: the folder of ABIs, the folder to write to, the namespace.");
            return 2;
        }

        string[] abis = [.. Directory.GetFiles(args[0], "*.json").Order(StringComparer.Ordinal)];
        if (abis.Length == 0)
        {
            Console.Error.WriteLine($"error: there is no ABI in {args[0]}: compile the contracts and run scripts/abi.js.");
            return 1;
        }

        Directory.CreateDirectory(args[1]);
        foreach (string stale in Directory.GetFiles(args[1], "*.cs"))
        {
            File.Delete(stale);
        }

        foreach ((string contract, ContractAbi abi) in Contracts(abis))
        {
            File.WriteAllText(Path.Combine(args[1], $"{contract}.cs"), ContractGenerator.Generate(contract, abi, args[2]));
        }

        return 0;
    }

    /// <summary>One class a contract; where only the interface is published, its class carries the contract's name.</summary>
    private static IEnumerable<(string Contract, ContractAbi Abi)> Contracts(string[] files)
    {
        yield return ("Erc20", ContractAbi.FromSignatures(Erc20));
        HashSet<string> names = [.. files.Select(static file => Path.GetFileNameWithoutExtension(file))];
        foreach (string file in files)
        {
            string name = Path.GetFileNameWithoutExtension(file);
            bool isInterface = name.Length > 1 && name[0] == 'I' && char.IsUpper(name[1]);
            string contract = isInterface ? name[1..] : name;
            if (isInterface && names.Contains(contract))
            {
                continue;
            }

            using JsonDocument abi = JsonDocument.Parse(File.ReadAllBytes(file));
            yield return (contract, ContractAbi.FromJson(abi.RootElement));
        }
    }
}

using System.Text.Json;
using OnchainMargin.Ethereum.Abi;
using OnchainMargin.Ethereum.Generation;

namespace OnchainMargin.Protocol.Tests.Bindings;

/// <summary>The committed bindings are what the generator makes of abi/. Run with OMARGIN_UPDATE_BINDINGS=1 to write them anew after a change of the contracts.</summary>
public sealed class GeneratedBindingsTests
{
    private const string Namespace = "OnchainMargin.Protocol.Generated";

    /// <summary>What the protocol's clients need of any ERC-20 token.</summary>
    private static readonly string[] Erc20 =
    [
        "function approve(address spender, uint256 amount) returns (bool)",
        "function allowance(address owner, address spender) view returns (uint256)",
        "function balanceOf(address owner) view returns (uint256)",
        "function decimals() view returns (uint8)",
        "function symbol() view returns (string)",
        "function transfer(address to, uint256 amount) returns (bool)",
    ];

    private static string Folder => Path.Combine(TestFiles.Root, "src", "OnchainMargin.Protocol", "Generated");

    [Fact]
    public void Bindings_OfEveryPublishedAbi_AreCurrent()
    {
        SortedDictionary<string, string> wanted = Generate();
        if (string.Equals(Environment.GetEnvironmentVariable("OMARGIN_UPDATE_BINDINGS"), "1", StringComparison.Ordinal))
        {
            Write(wanted);
        }

        string[] present = [.. Directory.GetFiles(Folder, "*.cs").Select(file => Path.GetFileName(file)!).Order(StringComparer.Ordinal)];
        Assert.Equal(wanted.Keys.ToArray(), present);
        foreach ((string file, string text) in wanted)
        {
            Assert.True(
                string.Equals(text, File.ReadAllText(Path.Combine(Folder, file)), StringComparison.Ordinal),
                $"Generated/{file} is not what the generator makes of abi/; run OMARGIN_UPDATE_BINDINGS=1 dotnet test tests/OnchainMargin.Protocol.Tests --filter GeneratedBindings and commit it.");
        }
    }

    /// <summary>One class a contract; where only the interface is published, its class carries the contract's name.</summary>
    private static SortedDictionary<string, string> Generate()
    {
        var files = new SortedDictionary<string, string>(StringComparer.Ordinal);
        files["Erc20.cs"] = ContractGenerator.Generate("Erc20", ContractAbi.FromSignatures(Erc20), Namespace);
        string[] abis = [.. Directory.GetFiles(Path.Combine(TestFiles.Root, "abi"), "*.json").Order(StringComparer.Ordinal)];
        Assert.NotEmpty(abis);
        string[] names = [.. abis.Select(file => Path.GetFileNameWithoutExtension(file)!)];
        for (int i = 0; i < abis.Length; i++)
        {
            bool isInterface = names[i].Length > 1 && names[i][0] == 'I' && char.IsUpper(names[i][1]);
            string contract = isInterface ? names[i][1..] : names[i];
            if (isInterface && names.Contains(contract, StringComparer.Ordinal))
            {
                continue;
            }

            using JsonDocument abi = JsonDocument.Parse(File.ReadAllBytes(abis[i]));
            files[$"{contract}.cs"] = ContractGenerator.Generate(contract, abi.RootElement, Namespace);
        }

        return files;
    }

    private static void Write(SortedDictionary<string, string> wanted)
    {
        foreach (string stale in Directory.GetFiles(Folder, "*.cs").Where(file => !wanted.ContainsKey(Path.GetFileName(file)!)))
        {
            File.Delete(stale);
        }

        foreach ((string file, string text) in wanted)
        {
            File.WriteAllText(Path.Combine(Folder, file), text);
        }
    }
}

using System.Text.Json;
using OnchainMargin.Ethereum.Node;
using OnchainMargin.Ethereum.Sending;
using OnchainMargin.Ethereum.Tests.Generated;
using OnchainMargin.Ethereum.Tests.Support;

namespace OnchainMargin.Ethereum.Tests.Live;

/// <summary>Puts a fresh EchoLab onto the test node; it counts from 41.</summary>
internal static class EchoLabDeployment
{
    public static async Task<Address> DeployAsync(HardhatNode hardhat)
    {
        using JsonDocument artifact = JsonDocument.Parse(await File.ReadAllTextAsync(Assets.PathOf("EchoLab.json")));
        byte[] bytecode = HexData.Decode(artifact.RootElement.Text("bytecode"));
        using var sender = new TransactionSender(hardhat.Node, hardhat.Key, new TransactionSenderOptions { PollInterval = TimeSpan.FromMilliseconds(20) });
        TransactionReceipt receipt = await sender.SendAsync(TransactionRequest.Deploy(new EchoLab.Deployment(hardhat.Key.Address, 41U, "x"), bytecode));
        return receipt.ContractAddress!.Value;
    }
}

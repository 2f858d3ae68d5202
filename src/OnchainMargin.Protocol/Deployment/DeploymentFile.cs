using System.Text;
using System.Text.Json;
using OnchainMargin.Ethereum;

namespace OnchainMargin.Protocol.Deployment;

/// <summary>The deployment as a JSON file: written whole or not at all.</summary>
public static class DeploymentFile
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        RespectRequiredConstructorParameters = true,
        RespectNullableAnnotations = true,
    };

    /// <summary>Reads a file.</summary>
    /// <exception cref="DeploymentException">It does not exist or is no deployment.</exception>
    public static DeploymentRecord Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<DeploymentRecord>(File.ReadAllBytes(path), Json)
                ?? throw new DeploymentException($"The deployment file '{path}' holds null: deploy again with `omargin deploy`.");
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException or ArgumentException)
        {
            throw new DeploymentException($"The deployment file '{path}' does not exist: deploy first with `omargin deploy`, or name the file of a deployment.", exception);
        }
        catch (Exception exception) when (exception is JsonException or EthereumException || FileFault.Is(exception))
        {
            throw new DeploymentException($"The deployment file '{path}' cannot be used ({JsonFault.Of(exception)}): name the file that `omargin deploy` wrote.", exception);
        }
    }

    /// <summary>Writes a file beside its place and moves it there.</summary>
    /// <exception cref="DeploymentException">It cannot be written.</exception>
    public static void Write(string path, DeploymentRecord deployment)
    {
        using var draft = new DeploymentDraft(path);
        draft.Write(deployment);
    }

    /// <summary>What the file of a deployment holds.</summary>
    public static string Text(DeploymentRecord deployment) => JsonSerializer.Serialize(deployment, Json);

    /// <summary>The same as it is written.</summary>
    internal static byte[] Bytes(DeploymentRecord deployment) => Encoding.UTF8.GetBytes(Text(deployment) + "\n");
}
